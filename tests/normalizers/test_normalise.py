"""From printed to published: what sends a record to review, and names over the tables of a document."""

from __future__ import annotations

from typing import Any

import pytest

from goaltables.document import BudgetRow, GoalTable, Indicator, TablePage
from goaltables.normalizers.normalise import normalised
from goaltables.normalizers.rereading.confidence import REVIEW_BELOW, REVIEW_FLAGS


def table_of(*indicators: Indicator, **more: Any) -> GoalTable:
    return GoalTable(id="p1-1", form="project", fiscal_year=2022, indicators=list(indicators), **more)


def named(name: str, value: str = "≥95%", **more: Any) -> Indicator:
    labels = {"level2": "质量指标", "level2_id": "quality"}
    return Indicator(**{**labels, "name": name, "full_name": name, "value_text": value, **more})


@pytest.mark.parametrize(
    ("more", "reasons", "needs_review"),
    [
        ({}, [], False),
        ({"needs_review": True}, [], True),
        ({"value_text": "≥%"}, ["value-missing"], True),  # a placeholder
        ({"value_text": "#%#"}, [], True),  # nothing that can be read
        ({"value_text": "约95%"}, ["approximate"], False),
        ({"confidence": REVIEW_BELOW}, [], False),
        ({"confidence": REVIEW_BELOW - 1e-4}, ["low-confidence"], True),
        ({"reasons": ["under-seal"]}, ["under-seal"], False),
        *(({"reasons": [flag]}, [flag], True) for flag in sorted(REVIEW_FLAGS)),
        ({"reasons": ["approximate"], "value_text": "约95%"}, ["approximate"], False),
    ],
)
def test_what_sends_a_record_to_review(more: dict[str, Any], reasons: list[str], needs_review: bool) -> None:
    (done,) = normalised([table_of(named("培训合格率", **more))])
    assert done.indicators[0].reasons == reasons
    assert done.indicators[0].needs_review is needs_review


def test_a_name_that_stays_doubtful_is_for_review_with_its_alternatives() -> None:
    (done,) = normalised([table_of(named("某某工程项目完成及", reasons=["clipped"]))])
    doubtful = done.indicators[0]
    assert (doubtful.name_status, doubtful.needs_review) == ("doubtful", True)
    assert doubtful.reasons == ["clipped", "name-doubtful"]
    assert [a.probability for a in doubtful.name_alternatives] == sorted(
        (round(a.probability, 4) for a in doubtful.name_alternatives), reverse=True
    )


def test_radicals_in_names_are_folded_and_goals_split() -> None:
    (done,) = normalised([table_of(named("⼈员培训合格率"), annual_goal="1、甲；2、乙。")])
    assert done.indicators[0].name == "人员培训合格率"
    assert done.goal_items == ["甲；", "乙。"]
    assert done.checks


@pytest.mark.parametrize(
    "context",
    [
        {"project": "石榴籽宣讲轻骑兵补助"},
        {"annual_goal": "支持石榴籽宣讲轻骑兵"},
        {"midterm_goal": "支持石榴籽宣讲轻骑兵"},
        {"fields": {"项目概况": "石榴籽宣讲轻骑兵"}},
        {"budget": [BudgetRow(name="石榴籽宣讲轻骑兵")]},
        {"budget": [BudgetRow(name="甲", content="石榴籽宣讲轻骑兵")]},
    ],
)
def test_a_word_of_any_text_of_the_document_may_end_a_cut_name(context: dict[str, Any]) -> None:
    cut = named("全县石榴籽宣讲轻骑", "≥5人", level2="数量指标", level2_id="quantity", reasons=["clipped"])
    (done,) = normalised([table_of(cut, **context)])
    shown = [done.indicators[0].full_name, *(a.full_name for a in done.indicators[0].name_alternatives)]
    assert any("轻骑兵" in name for name in shown)


def test_tables_share_a_column_of_names_only_where_they_are_one_printed_list() -> None:
    """Two names break off at 16 in one table, a longer one stands in the other."""
    timeliness = {"level2": "时效指标", "level2_id": "timeliness"}
    cut = [
        named("偏远牧区寄宿学生营养餐补助发放准"),
        named("偏远牧区寄宿学生营养餐补助发放及", **timeliness),
    ]
    longer = named("偏远牧区寄宿学生营养餐补助资金发放及时准确率")
    page = TablePage(page=1, bbox=[0.0, 0.0, 1.0, 1.0], cells=[])
    apart = normalised([table_of(*cut, pages=[page]), table_of(longer, pages=[page])])
    assert [i.name_status for i in apart[0].indicators] == ["completed", "doubtful"]
    one_list = normalised([table_of(*cut, pages=[page]), table_of(longer)])
    assert [i.name_status for i in one_list[0].indicators] == ["printed", "printed"]


@pytest.mark.parametrize(("confidence", "status"), [(0.99, "completed"), (1.0, "printed")])
def test_one_longer_name_of_a_picture_is_not_believed_against_several_that_break_off(
    confidence: float, status: str
) -> None:
    subjects = ("偏远牧区寄宿学生营养餐", "偏远山区寄宿学生营养餐", "边境牧区寄宿学生营养餐")
    cut = [named(f"{subject}补助发放准", confidence=confidence) for subject in subjects]
    longer = named("偏远牧区寄宿学生营养餐补助资金发放及时准确率", confidence=confidence)
    (done,) = normalised([table_of(*cut, longer)])
    assert [i.name_status for i in done.indicators] == [*[status] * 3, "printed"]
