"""Counties and their codes: the data, and that nothing is guessed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.normalizers.data import load_rows
from goaltables.normalizers.places import find_county

ROWS = load_rows("divisions.csv")
COUNTIES = [row for row in ROWS if not row["code"].endswith("00")]


def test_the_divisions_are_sorted_well_formed_and_sourced() -> None:
    keys = [(row["code"], row["from"]) for row in ROWS]
    assert keys == sorted(keys)
    assert [row for row in ROWS if not re.fullmatch(r"[1-6]\d{5}", row["code"])] == []
    assert [row for row in ROWS if row["from"] and row["until"] and row["from"] > row["until"]] == []
    assert {row["source"] for row in ROWS} == {row["source"] for row in load_rows("division_sources.csv")}


def test_every_county_lies_in_a_province_of_the_list() -> None:
    provinces = {row["code"][:2] for row in ROWS if row["code"].endswith("0000")}
    assert len(provinces) == 31
    assert {row["code"][:2] for row in COUNTIES} <= provinces


def test_the_terms_of_one_code_do_not_overlap() -> None:
    last: dict[str, int] = {}
    for row in ROWS:
        assert int(row["from"] or 0) > last.get(row["code"], -1), row
        last[row["code"]] = int(row["until"] or 9999)


@pytest.mark.parametrize(
    ("organization", "beside", "code"),
    [
        ("特克斯县阔克苏乡人民政府", "", "654027"),
        ("新疆维吾尔自治区特克斯县财政局", "", "654027"),
        ("中共云阳县委员会组织部", "", "500235"),
        ("阜阳市生态环境局颍上县分局", "", "341226"),
        ("都安瑶族自治县残疾人联合会", "", "451228"),
        ("北京市朝阳区教育局", "", "110105"),
        ("朝阳区教育局", "2022年吉林省绩效目标表", "220104"),
        ("城关区民政局", "甘肃省兰州市2022年预算", "620102"),
    ],
)
def test_a_county_that_is_certain(organization: str, beside: str, code: str) -> None:
    found = find_county(organization, beside, year=2022)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "organization",
    ["朝阳区教育局", "鼓楼区财政局", "市中区教育局", "安徽省阜阳市教育局", "财政部", "南岳镇政府", ""],
)
def test_what_may_be_several_or_none_is_not_guessed(organization: str) -> None:
    assert find_county(organization, year=2022) is None


def test_another_region_beside_the_name_is_a_contradiction_and_no_county() -> None:
    assert find_county("特克斯县财政局", "安徽省2022年预算", year=2022) is None


def test_a_name_counts_in_its_years() -> None:
    assert find_county("郫县财政局", year=2022) is None
    before, after = find_county("郫县财政局", year=2014), find_county("郫都区财政局", year=2018)
    assert before is not None
    assert after is not None
    assert (before.code, after.code) == ("510124", "510117")


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.text("县区市旗州省朝阳特克斯中共", max_size=20), st.text(max_size=20))
def test_looking_for_a_county_is_total_and_answers_with_the_list(organization: str, beside: str) -> None:
    found = find_county(organization, beside, year=2022)
    assert found is None or (found.name in organization and found.code in {row["code"] for row in COUNTIES})
