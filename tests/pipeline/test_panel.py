"""The panel: what is one indicator over the years is linked, what may not be is left alone."""

from __future__ import annotations

from typing import Any

import pytest
from made_records import a_document, a_table, an_indicator

from goaltables.document import GoalTable
from goaltables.pipeline.dataset.columns import Row
from goaltables.pipeline.dataset.rows import dataset_rows, flatten

CUT = "村干部、小组长大学生村官工资及社保发放准"


def linked(*tables: GoalTable) -> list[Row]:
    """The panel of documents with one table each."""
    records = [(f"{n}.pdf", a_document(f"{n}.pdf", tables=[table])) for n, table in enumerate(tables)]
    return flatten(dataset_rows(records))["panel"]


def of_year(year: int | None, **fields: Any) -> GoalTable:
    return a_table("发放人数", fiscal_year=year, **fields)


def test_years_of_one_organization_are_linked_in_their_order() -> None:
    found = linked(of_year(2023), of_year(2021), of_year(2022))
    assert [row["fiscal_year"] for row in found] == [2021, 2022, 2023]
    assert len({row["series_id"] for row in found}) == 1
    assert {row["basis"] for row in found} == {"same-name"}
    assert [row["indicator_id"] for row in found] == ["1.pdf#p2-1/i1", "2.pdf#p2-1/i1", "0.pdf#p2-1/i1"]


def test_a_name_is_linked_by_what_it_is_after_completion() -> None:
    whole = CUT + "确率"
    cut = an_indicator(CUT, full_name=whole, name_status="completed")
    found = linked(of_year(2021, indicators=[cut]), of_year(2022, indicators=[an_indicator(whole)]))
    assert {row["basis"] for row in found} == {"name-completed"}
    assert [row["name"] for row in found] == [CUT, whole]


@pytest.mark.parametrize(
    ("changed", "basis"),
    [
        ({"indicators": [an_indicator("发放 人数")]}, "name-folded"),
        ({"indicators": [an_indicator("发放人数", base_unit="元")]}, "same-name unit-differs"),
        ({"project": "2023年村干部补助（2023年度）"}, "same-name project-year"),
        ({"year": 2022}, "same-name year-repeated"),
    ],
)
def test_what_had_to_be_made_equal_is_said(changed: dict[str, Any], basis: str) -> None:
    project = {"project": "2022年村干部补助（2022年度）"} if "project" in changed else {}
    found = linked(of_year(2022, **project), of_year(**{"year": 2023, **project, **changed}))
    assert {row["basis"] for row in found} == {basis}


@pytest.mark.parametrize(
    "changed",
    [
        {"year": None},
        {"organization": "松岚县石桥乡人民政府"},
        {"county": None, "division_code": None},
        {"division_code": "990102"},
        {"project": "牧道维修"},
        {"indicators": [an_indicator("发放人数", level2_id="quality")]},
        {"indicators": [an_indicator("发放人数", head_id=None)]},
        {"indicators": [an_indicator("发放人数", head_id="H:renci")]},
        {"indicators": [an_indicator("发放人数", horizon="mid_term")]},
        {"indicators": [an_indicator("发放人数", name_status="doubtful")]},
        {"indicators": [an_indicator("发放总人数")]},
        {"indicators": [an_indicator("发放人数"), an_indicator("发放人数")]},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_is_not_certain_is_not_linked(changed: dict[str, Any]) -> None:
    assert linked(of_year(2022), of_year(**{"year": 2023, **changed})) == []


def test_two_certain_ones_are_linked_beside_one_that_is_not() -> None:
    found = linked(of_year(2021), of_year(2022, indicators=[an_indicator("发放人数")] * 2), of_year(2023))
    assert [row["document"] for row in found] == ["0.pdf", "2.pdf"]
