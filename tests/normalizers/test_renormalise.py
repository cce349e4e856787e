"""What follows from a corrected text, and that nothing else changes."""

from __future__ import annotations

from typing import Any

import pytest

from goaltables.document import CellSource, GoalTable, Indicator
from goaltables.normalizers.checking.checks import checked
from goaltables.normalizers.findings import make_finding
from goaltables.normalizers.names.vocabulary import find_head, find_vocabulary_id
from goaltables.normalizers.normalise import normalised
from goaltables.normalizers.renormalise import renormalised, with_whole_names


def place(row: int) -> CellSource:
    return CellSource(page=1, bbox=[0.0, 10.0 * row, 100.0, 10.0 * row + 10], row=row, col=0)


def printed(name: str, value: str | None, **more: Any) -> Indicator:
    labels: dict[str, Any] = {"level1": "产出指标", "level2": "质量指标", "level1_id": "output"}
    return Indicator(
        **{**labels, "level2_id": "quality", "name": name, "full_name": name, **more}, value_text=value
    )


def machine_table(*indicators: Indicator, **more: Any) -> GoalTable:
    parts: dict[str, Any] = {"organization": "特克斯县财政局", "annual_goal": "1、甲；2、乙。", **more}
    table = GoalTable(id="p1-1", form="project", fiscal_year=2022, indicators=list(indicators), **parts)
    return normalised([table])[0]


def corrected(machine: GoalTable, number: int = 0, **texts: Any) -> GoalTable:
    indicators = list(machine.indicators)
    indicators[number] = indicators[number].model_copy(update=texts)
    return renormalised(machine, machine.model_copy(update={"indicators": indicators}))


def test_a_table_that_nobody_corrected_is_the_very_same() -> None:
    machine = machine_table(printed("培训合格率", "≥95%"))
    assert renormalised(machine, machine.model_copy()) is machine


def test_a_corrected_value_is_parsed_again_and_the_reasons_of_the_old_text_go() -> None:
    machine = machine_table(printed("培训合格率", "≥290%", reasons=["under-seal", "operator-suspect"]))
    assert machine.indicators[0].reasons == ["under-seal", "operator-suspect", "rate-gt-100"]
    now = corrected(machine, value_text="约95%")
    changed = now.indicators[0]
    assert (changed.operator, changed.value, changed.unit_id) == (None, "95", "%")
    assert changed.reasons == ["under-seal", "approximate"]
    assert "rate-above-100" in {finding.code for finding in machine.findings}
    assert "rate-above-100" not in {finding.code for finding in now.findings}
    assert now.checks == checked(now.model_copy(update={"findings": []})).checks


def test_a_date_takes_the_year_of_the_table_and_a_blank_has_no_value() -> None:
    machine = machine_table(printed("完成时间", "≥5%"))
    assert corrected(machine, value_text="12月底前").indicators[0].period_end == "2022-12-31"
    assert corrected(machine, value_text=None).indicators[0].value is None


def test_corrected_labels_have_their_ids_and_decide_what_a_bare_wan_is() -> None:
    machine = machine_table(printed("补助标准", "≥5万"))
    assert machine.indicators[0].unit_id is None
    now = corrected(machine, level1="成本指标", level2="经济成本指标", value_text="≥6万").indicators[0]
    assert (now.level1_id, now.level2_id, now.unit_id) == ("cost", "economic_cost", "万元")
    none = corrected(machine, level1=None, level2=None).indicators[0]
    assert (none.level1_id, none.level2_id) == (None, None)


def test_other_rows_stay_as_the_machine_left_them() -> None:
    second = printed("资金发放率", "≥90%", reasons=["under-seal"], confidence=0.5)
    machine = machine_table(printed("培训合格率", "≥95%"), second)
    now = corrected(machine, value_text="≥96%")
    assert now.indicators[1] is machine.indicators[1]
    assert now.goal_items == machine.goal_items == ["甲；", "乙。"]
    assert (now.county, now.division_code) == ("特克斯县", "654027")


def test_a_corrected_goal_and_organization() -> None:
    machine = machine_table(printed("培训合格率", "≥95%"))
    changes = {"annual_goal": "1、甲；2、丙；3、丁。", "organization": "朝阳区财政局"}
    now = renormalised(machine, machine.model_copy(update=changes))
    assert now.goal_items == ["甲；", "丙；", "丁。"]
    assert (now.county, now.division_code) == (None, None)  # may be one of several
    none = renormalised(machine, machine.model_copy(update={"annual_goal": None}))
    assert none.goal_items == []


def test_a_corrected_name_that_was_printed_whole_is_what_is_printed() -> None:
    machine = machine_table(printed("培训合挌率", "≥95%", reasons=["name-missing", "under-seal"]))
    now = corrected(machine, name="培训合格率").indicators[0]
    assert (now.full_name, now.name_status) == ("培训合格率", "printed")
    assert now.head_id == find_head("培训合格率", "quality")
    assert now.vocabulary_id == find_vocabulary_id("培训合格率")
    assert now.direction == "higher"
    assert now.reasons == ["under-seal"]
    blank = corrected(machine, name="").indicators[0]
    assert (blank.full_name, blank.name_status) == ("", "printed")


def test_a_corrected_name_that_was_cut_is_completed_anew() -> None:
    machine = machine_table(
        printed("社区工作者补助发放准", "≥95%", reasons=["clipped"]), printed("村医补助发放准确率", "≥95%")
    )
    assert machine.indicators[0].name_status == "completed"
    now = corrected(machine, name="村干部补助发放准").indicators[0]
    assert (now.full_name, now.name_status) == ("村干部补助发放准确率", "completed")
    doubtful = corrected(machine, name="甲乙丙").indicators[0]
    assert doubtful.name_status == "doubtful"
    assert doubtful.reasons == ["clipped", "name-doubtful"]
    assert len(doubtful.name_alternatives) > 1
    assert all(round(a.probability, 4) == a.probability for a in doubtful.name_alternatives)


def test_the_finding_of_a_repair_goes_with_the_value_that_was_repaired() -> None:
    repairs = [make_finding("operator-repaired", source=[place(row)]) for row in (1, 2)]
    indicators = [printed(name, "≥95%", source=[place(row)]) for row, name in ((1, "甲率"), (2, "乙率"))]
    machine = machine_table(*indicators, findings=repairs)
    now = corrected(machine, value_text="≥96%")
    left = [finding.source for finding in now.findings if finding.code == "operator-repaired"]
    assert left == [[place(2)]]


@pytest.mark.parametrize(("whole", "status"), [("补助发放准确率", "completed"), ("补助发放准", "printed")])
def test_a_whole_name_that_a_person_chose(whole: str, status: str) -> None:
    machine = machine_table(printed("补助发放准", "≥95%"), printed("补助发放率", "≥95%"))
    now = with_whole_names(machine, {0: whole})
    assert (now.indicators[0].full_name, now.indicators[0].name_status) == (whole, status)
    assert now.indicators[1] is machine.indicators[1]
