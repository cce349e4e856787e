"""Corrections laid over a record: they change what they are about, follow their cell, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_record import GOALS, MONEY, made_document, made_table

from goaltables.document import Document
from goaltables.normalizers.findings import make_finding
from goaltables.pipeline.review.alternatives import alternatives_of
from goaltables.pipeline.review.cases import Case, DeskSettings
from goaltables.pipeline.review.decisions import Action, Decision, box_of
from goaltables.pipeline.review.items import Item
from goaltables.pipeline.review.standing import Standing, Status

DESK = DeskSettings(below=0.9, share=0.0)


def case_of(document: Document, *decisions: Decision) -> Case:
    return Case.of(document, decisions, DESK)


def standing(case: Case, role: str, machine: str) -> Standing:
    """The one item of a role that the machine read so."""
    (found,) = [s for s in case.reviewed.standings if (s.item.role, s.item.machine) == (role, machine)]
    return found


def decision(
    number: int,
    case: Case,
    item: Item,
    after: str | None,
    action: Action = Action.CORRECT,
    *,
    follows: Decision | None = None,
    by: str = "甲",
) -> Decision:
    return Decision(
        uid=f"{number:032x}",
        follows=follows.uid if follows else None,
        at=f"2026-11-29T08:00:{number:02d}.000Z",
        by=by,
        action=action,
        sha256=case.machine.source.sha256,
        table=item.table_id,
        role=item.role,
        label=item.label,
        page=item.page,
        box=box_of(item),
        machine=item.machine,
        confidence=item.confidence,
        before=item.machine,
        after=after,
    )


def corrected(
    document: Document, role: str, machine: str, after: str | None, action: Action = Action.CORRECT
) -> Case:
    case = case_of(document)
    return case_of(document, decision(1, case, standing(case, role, machine).item, after, action))


def test_without_decisions_the_record_is_the_machines() -> None:
    document = made_document()
    assert case_of(document).reviewed.document is document


def test_accepting_everything_changes_no_text() -> None:
    document = made_document(
        made_table(
            cut=("工资及社保发放准确",), goals=(*GOALS[:2], ("质量指标", "工资及社保发放准确", "=100%", 0.9))
        )
    )
    case = case_of(document)
    all_accepted = [
        decision(n, case, s.item, s.item.machine, Action.ACCEPT)
        for n, s in enumerate(case.reviewed.standings)
    ]
    after = case_of(document, *all_accepted)
    assert after.reviewed.document.tables == document.tables
    assert {s.status for s in after.reviewed.standings} == {Status.ACCEPTED}
    assert after.tally.waiting == 0


def test_a_corrected_amount_mends_its_sum_and_frees_the_others_of_the_sum() -> None:
    document = made_document()
    before = case_of(document)
    assert "row-total-mismatch" in {f.code for f in document.tables[0].findings}
    assert before.needs[standing(before, "budget.total", "80.50").item.key]
    after = corrected(document, "budget.fiscal", "81.50", "80.50")
    table = after.reviewed.document.tables[0]
    assert table.budget[1].fiscal == "80.50"
    assert table.checks["row-total-mismatch"] == "pass"
    assert "row-total-mismatch" not in {finding.code for finding in table.findings}
    assert not after.needs[standing(after, "budget.total", "80.50").item.key]


def test_a_corrected_value_is_parsed_again_and_loses_the_reasons_of_the_old_one() -> None:
    document = made_document()
    assert document.tables[0].indicators[2].reasons == ["rate-gt-100"]
    indicator = (
        corrected(document, "indicator.value_text", "290%", "≥90%").reviewed.document.tables[0].indicators[2]
    )
    assert (indicator.value_text, indicator.operator, indicator.value, indicator.unit) == (
        "≥90%",
        ">=",
        "90",
        "%",
    )
    assert indicator.reasons == []


def test_a_correction_changes_the_cell_too_and_no_other_row() -> None:
    document = made_document()
    table = corrected(document, "indicator.value_text", "≥8次", "≥3次").reviewed.document.tables[0]
    texts = [cell.text for cell in table.pages[0].cells]
    assert "≥3次" in texts
    assert "≥8次" not in texts
    assert [i for n, i in enumerate(table.indicators) if n != 1] == [
        i for n, i in enumerate(document.tables[0].indicators) if n != 1
    ]
    assert table.budget == document.tables[0].budget


def test_one_decision_about_a_merged_label_corrects_every_row_under_it() -> None:
    after = corrected(made_document(), "indicator.level1", "产出指标", "效益指标")
    assert {(i.level1, i.level1_id) for i in after.reviewed.document.tables[0].indicators} == {
        ("效益指标", "benefit")
    }


def test_what_the_header_says_twice_is_decided_once() -> None:
    after = corrected(made_document(), "table.organization", "某县某乡人民政府", "某县某镇人民政府")
    table = after.reviewed.document.tables[0]
    assert table.organization == "某县某镇人民政府"
    assert table.fields == {"部门（单位）名称": "某县某镇人民政府"}


def test_a_corrected_name_that_was_cut_is_completed_anew() -> None:
    goals = (("质量指标", "工资及社保发放准确", "=100%", 0.9), ("质量指标", "补助发放准确率", "=100%", 0.99))
    document = made_document(made_table(goals=goals, cut=("工资及社保发放准确",)))
    after = corrected(document, "indicator.name", "工资及社保发放准确", "工资及社保补贴发放准确")
    indicator = after.reviewed.document.tables[0].indicators[0]
    assert indicator.name == "工资及社保补贴发放准确"
    assert indicator.full_name.startswith("工资及社保补贴发放准确")
    assert [s.item.machine for s in after.reviewed.standings if s.item.role == "indicator.full_name"] == [
        indicator.full_name
    ]


def test_a_decided_whole_name_gets_its_ids() -> None:
    goals = (("质量指标", "工资及社保发放准确", "=100%", 0.9),)
    document = made_document(made_table(goals=goals, cut=("工资及社保发放准确",)))
    after = corrected(
        document, "indicator.full_name", "工资及社保发放准确率", "工资及社保发放准确性", Action.ALTERNATIVE
    )
    indicator = after.reviewed.document.tables[0].indicators[0]
    assert indicator.full_name == "工资及社保发放准确性"
    assert indicator.name == "工资及社保发放准确"
    assert indicator.name_status == "completed"


def test_what_nobody_can_read_is_blank_and_a_name_stays() -> None:
    value = corrected(made_document(), "indicator.value_text", "≥8次", None, Action.UNREADABLE)
    indicator = value.reviewed.document.tables[0].indicators[1]
    assert (indicator.value_text, indicator.value, indicator.operator) == (None, None, None)
    name = corrected(made_document(), "indicator.name", "补助发放准确率", None, Action.UNREADABLE)
    assert name.reviewed.document.tables[0].indicators[3].name == "补助发放准确率"
    money = corrected(made_document(), "budget.fiscal", "81.50", None, Action.UNREADABLE)
    assert money.reviewed.document.tables[0].budget[1].fiscal is None


def test_two_amounts_of_one_text_are_told_apart_by_their_columns() -> None:
    money = (("甲", "x", "10", "10", "0"), ("乙", "y", "25", "24", "1"), ("合计", "", "35", "34", "1"))
    after = corrected(made_document(made_table(money=money)), "budget.fiscal", "10", "9")
    first = after.reviewed.document.tables[0].budget[0]
    assert (first.total, first.fiscal) == ("10", "9")
    (item,) = [
        s.item for s in after.reviewed.standings if (s.item.role, s.item.machine) == ("budget.fiscal", "10")
    ]
    assert item.places[0].col == 4


def test_a_blank_amount_can_be_filled_in() -> None:
    money = (*MONEY[:2], ("合计", "", "984.28", "984.28", ""))
    document = made_document(made_table(money=money))
    assert "missing-total" in {finding.code for finding in document.tables[0].findings}
    case = case_of(document)
    blank = standing(case, "budget.other", "")
    assert blank.item.places[0].row == 4
    assert "missing-total" in [need.detail for need in case.needs[blank.item.key]]
    after = case_of(document, decision(1, case, blank.item, "0"))
    assert after.reviewed.document.tables[0].budget[2].other == "0"
    assert after.reviewed.document.tables[0].checks["missing-total"] == "pass"


def test_a_value_that_the_rules_put_right_leads_to_the_cell_that_prints_it_otherwise() -> None:
    document = made_document()
    table = document.tables[0]
    put_right = table.indicators[2].model_copy(
        update={"value_text": "≥90%", "needs_review": True, "reasons": ["operator-repaired"]}
    )
    repair = make_finding("operator-repaired", "290% → ≥90%", put_right.source)
    indicators = [put_right if n == 2 else i for n, i in enumerate(table.indicators)]
    table = table.model_copy(update={"indicators": indicators, "findings": [*table.findings, repair]})
    case = case_of(document.model_copy(update={"tables": [table]}))
    found = standing(case, "indicator.value_text", "≥90%")
    assert found.item.is_exact
    assert found.item.cell_text == "290%"
    assert "operator-repaired" in [need.detail for need in case.needs[found.item.key]]
    assert [a.text for a in alternatives_of(case.machine, found, ())] == ["290%"]
    after = case_of(case.machine, decision(1, case, found.item, "290%"))
    reviewed = after.reviewed.document.tables[0]
    assert (reviewed.indicators[2].value, reviewed.indicators[2].reasons) == ("290", ["rate-gt-100"])
    other = case_of(case.machine, decision(1, case, found.item, "≥95%")).reviewed.document.tables[0]
    assert "290%" in {
        cell.text for cell in other.pages[0].cells
    }  # what the cell prints is not what was decided
    assert "operator-repaired" not in {finding.code for finding in reviewed.findings}


@settings(derandomize=True, max_examples=40, deadline=None)
@given(text=st.text(max_size=30), index=st.integers(0, 200))
def test_any_correction_of_any_text_gives_a_record(text: str, index: int) -> None:
    document = made_document(made_table(cut=("补助发放准确率",)))
    case = case_of(document)
    item = case.reviewed.standings[index % len(case.reviewed.standings)].item
    after = case_of(document, decision(1, case, item, text))
    reviewed = after.reviewed.document
    assert Document.model_validate_json(reviewed.to_json()) == reviewed
    assert len(reviewed.tables[0].indicators) == len(document.tables[0].indicators)
    assert 0 <= after.tally.queued <= len(after.reviewed.standings)


@pytest.mark.parametrize("status", ["changed", "gone"])
def test_what_does_not_fit_the_page_any_more_is_not_applied(status: str) -> None:
    document = made_document()
    case = case_of(document)
    item = standing(case, "indicator.value_text", "≥8次").item
    made = decision(1, case, item, "≥3次")
    if status == "changed":
        other = made_document(
            made_table(goals=(GOALS[0], ("数量指标", "为民办实事补助发放次数", "≥6次", 0.8), *GOALS[2:]))
        )
    else:
        other = made_document(made_table(goals=GOALS[:1], money=()))
    after = case_of(other, made.model_copy(update={"sha256": other.source.sha256}))
    assert after.reviewed.document is other
    if status == "gone":
        assert [orphan.uid for orphan in after.reviewed.orphans] == [made.uid]
        assert after.tally.weight > 0
    else:
        changed = standing(after, "indicator.value_text", "≥6次")
        assert changed.status is Status.CHANGED
        assert next(iter(after.needs[changed.item.key])).code == "changed"
