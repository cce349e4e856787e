from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from goaltables.document import Indicator
from goaltables.normalizers.values.numerals import format_decimal
from goaltables.normalizers.values.target_value import (
    TargetValue,
    parse_value,
    split_value_columns,
    value_fields,
)

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "value_cases.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def as_case(value: TargetValue) -> dict[str, Any]:
    return {
        "kind": value.kind,
        "operator": value.operator,
        "value": None if value.value is None else str(value.value),
        "value_upper": None if value.value_upper is None else str(value.value_upper),
        "unit_id": value.unit_id,
        "qualitative": value.qualitative,
        "period_start": value.period_start,
        "period_end": value.period_end,
        "flags": list(value.flags),
    }


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{case['text']}" for i, case in enumerate(CASES)])
def test_value_cases(case: dict[str, Any]) -> None:
    assert as_case(parse_value(case["text"], fiscal_year=case["fiscal_year"])) == case["expected"]


@pytest.mark.parametrize(
    ("text", "operator", "value", "unit", "unit_id"),
    [
        ("≥１０４台（套）", ">=", "104", "台（套）", "台"),
        ("≥95％以上", ">=", "95", "％", "%"),
        ("不超过5%以内", "<=", "5", "%", "%"),
        ("≥ 1,234.50 元", ">=", "1234.5", "元", "元"),
        ("≤300元/人·天", "<=", "300", "元/人·天", "元/人/天"),
        ("≤610元/批次", "<=", "610", "元/批次", "元/批"),
        ("每人每月500元", None, "500", "元", "元/人/月"),
        ("满意度不低于90%", ">=", "90", "%", "%"),
        ("辅助提升就业率2%", None, "2", "%", "%"),
        ("98.5%（含）以上", ">=", "98.5", "%", "%"),
        ("定量≥95%", ">=", "95", "%", "%"),
        ("5个示范村", None, "5", "个", "个"),
        ("3千瓦", None, "3", "千瓦", "千瓦"),
        ("20标段", None, "20", "标段", None),
        ("一批", None, "1", "批", "批"),
        ("≥12（次）", ">=", "12", "次", "次"),
        ("100余人", None, "100", "人", "人"),
        ("≥95%（含）", ">=", "95", "%", "%"),
        ("年均增长≥6%", ">=", "6", "%", "%"),
        ("1个季度", None, "1", "个季度", "季度"),
    ],
)
def test_quantities_with_their_printed_unit(
    text: str, operator: str | None, value: str, unit: str, unit_id: str | None
) -> None:
    read = parse_value(text)
    assert read.kind == "number"
    assert (read.operator, str(read.value), read.unit, read.unit_id) == (operator, value, unit, unit_id)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("80%≤合格率≤90%", 80, 90),
        ("≥80%且≤90%", 80, 90),
        ("100±5", 95, 105),
        ("200元±5%", 190, 210),
        ("90%±2%", 88, 92),
        ("3~5个工作日", 3, 5),
        ("2万-3万元", 2, 3),
        ("控制在90%-100%之间", 90, 100),
        ("大于90%小于100%", 90, 100),
    ],
)
def test_ranges(text: str, low: int, high: int) -> None:
    read = parse_value(text)
    assert read.kind == "range"
    assert read.operator is None
    assert (read.value, read.value_upper) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize(
    ("text", "value", "unit_id"),
    [("5兆瓦", 5, "兆瓦"), ("≥630kVA", 630, "千伏安"), ("≤30ppm", 30, "ppm"), ("25吨标准煤", 25, "吨标准煤"),
     ("35kV", 35, "千伏"), ("10兆", 10, "兆比特/秒")],
)  # fmt: skip
def test_units_of_works_and_power(text: str, value: int, unit_id: str) -> None:
    read = parse_value(text)
    assert (read.kind, read.unit_id, read.flags) == ("number", unit_id, ())
    assert read.value == value


def test_to_keep_within_what_was_planned_is_a_statement() -> None:
    assert (parse_value("不超支").kind, parse_value("不超支").qualitative) == ("qualitative", "不超支")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("12月底前完成", None, "2022-12-31"),
        ("5月汛期前", None, "2022-05-31"),
        ("9月开学前完成", None, "2022-09-30"),
        ("2022年12月底前全部完成拨付", None, "2022-12-31"),
        ("次年3月底前", None, "2023-03-31"),
        ("2月底", None, "2022-02-28"),
        ("二〇二二年十二月底前", None, "2022-12-31"),
        ("每年12月底前", None, "yearly-12-31"),
        ("每月底前", None, "monthly-end"),
        ("2022年3月1日后", "2022-03-01", None),
        ("≥2023年", "2023-01-01", None),
        ("2020-2022年", "2020-01-01", "2022-12-31"),
        ("一至三季度", "2022-01-01", "2022-09-30"),
        ("前三季度", "2022-01-01", "2022-09-30"),
        ("2023.1-2023.12", "2023-01-01", "2023-12-31"),
        ("20231231前", None, "2023-12-31"),
        ("6.30前", None, "2022-06-30"),
        ("2022/6/30", None, "2022-06-30"),
        ("9月1日至10月31日", "2022-09-01", "2022-10-31"),
    ],
)
def test_dates_and_periods(text: str, start: str | None, end: str | None) -> None:
    read = parse_value(text, fiscal_year=2022)
    assert read.kind in ("date", "period")
    assert (read.period_start, read.period_end) == (start, end)


def test_a_february_without_a_year_may_be_a_leap_one() -> None:
    assert parse_value("2月底前").period_end == "--02-29"


@pytest.mark.parametrize(
    "text",
    [
        "前3名",
        "第一",
        "一级",
        "二级及以上",
        "三级甲等",
        "5A级",
        "2022年新建3座",
        "5日前",
        "零事故",
        "按合同约定时间",
    ],
)
def test_phrases_with_numbers_that_are_no_target_stay_phrases(text: str) -> None:
    read = parse_value(text, fiscal_year=2022)
    assert (read.kind, read.qualitative, read.value) == ("qualitative", text, None)


def test_impossible_dates_are_no_dates() -> None:
    assert parse_value("2022年13月32日").period_end is None
    assert parse_value("2022年2月30日前").period_end is None


@pytest.mark.parametrize(
    ("level2", "unit_id"),
    [(None, "万元"), ("成本指标", "万元"), ("economic_cost", "万元"), ("数量指标", None)],
)
def test_a_bare_wan_is_money_only_among_costs(level2: str | None, unit_id: str | None) -> None:
    assert parse_value("≥3万", level2=level2).unit_id == unit_id


def test_the_base_value_is_exact() -> None:
    read = parse_value("<=10.38万元")
    assert (read.base_value, read.base_unit) == (Decimal(103800), "元")


# ------------------------------------------------------------------------------------------------------ laws

PRINTED = st.text(
    alphabet="≥≤<>=≧+-±~:/%‰.,，。、（）()0123456789０９一二十百万亿元人次年月日季度"
    "底前以上内不低于超过每按X*口定性量增长 "
)


@settings(derandomize=True, max_examples=500)
@given(st.one_of(PRINTED, st.text(alphabet=st.characters(exclude_categories=()))))
@example("")
@example("\ud800")
@example("9" * 500)
@example("≥" * 500)
@example("一" * 500 + "年")
@example("每月" * 100)
def test_every_text_has_a_kind(text: str) -> None:
    read = parse_value(text, fiscal_year=2022)
    assert (read.value is not None) == (read.kind in ("number", "range", "ratio"))
    assert (read.qualitative is not None) == (read.kind == "qualitative")
    assert (read.base_value is None) == (read.base_unit is None)


@settings(derandomize=True, max_examples=500)
@given(PRINTED)
def test_full_width_reads_like_half_width(text: str) -> None:
    half, full = (
        parse_value(text, fiscal_year=2022),
        parse_value(text.translate(FULL_WIDTH), fiscal_year=2022),
    )
    assert {**as_case(half), "qualitative": None} == {**as_case(full), "qualitative": None}


@settings(derandomize=True)
@given(
    st.sampled_from(["", "=", ">=", "<=", ">", "<"]),
    st.decimals(min_value=0, max_value=10**12, places=4, allow_nan=False),
    st.sampled_from(["人", "%", "万元", "次/年", "台", "元/人/月", "亩"]),
    st.booleans(),
)
def test_a_written_quantity_reads_back(operator: str, number: Decimal, unit: str, grouped: bool) -> None:
    text = f"{operator}{number:,}{unit}" if grouped else f"{operator}{format_decimal(number)}{unit}"
    read = parse_value(text)
    assert (read.operator or "", read.value, read.unit_id) == (operator, number, unit)


@settings(derandomize=True)
@given(st.decimals(min_value=-(10**12), max_value=10**12, places=6, allow_nan=False))
def test_numbers_are_exact_decimals(number: Decimal) -> None:
    published = value_fields(parse_value(f"{number:f}%"), "")["value"]
    assert published == format_decimal(number)
    assert published is not None
    assert Decimal(published) == number


# ------------------------------------------------------------------------------------ published conventions


@pytest.mark.parametrize("text", ["12月底前完成", "按月发放", "2022年1月-12月", "有效提升"])
def test_dates_frequencies_and_phrases_are_qualitative_in_the_record(text: str) -> None:
    fields = value_fields(parse_value(text, fiscal_year=2022), text)
    assert fields["qualitative"] == text
    assert (fields["operator"], fields["value"], fields["unit"]) == (None, None, None)


def test_an_operator_printed_before_a_date_is_kept() -> None:
    fields = value_fields(parse_value("≤2022年12月31日"), "≤2022年12月31日")
    assert (fields["operator"], fields["period_end"]) == ("<=", "2022-12-31")


def test_the_fields_fit_the_record() -> None:
    fields = value_fields(parse_value("80-90%"), "80-90%")
    indicator = Indicator(name="合格率", full_name="合格率", value_text="80-90%", **fields)
    assert (indicator.value, indicator.value_upper, indicator.unit, indicator.base_value) == (
        "80",
        "90",
        "%",
        "0.8",
    )


@pytest.mark.parametrize(
    ("columns", "joined"),
    [
        (("≥", "95", "%"), "≥95%"),
        (("大于等于", "95", "百分比"), "大于等于95百分比"),
        (("定量", "3", "场次"), "3场次"),
        (("定性", "有效提升", "/"), "有效提升"),
        (("定性", "优良", "定性"), "优良"),
        (("", "12", "个"), "12个"),
        (("＝", "28.8万元", "%"), "＝28.8万元"),
        (("≥", "≥95%", "%"), "≥95%"),
        (("=", "90-100", "%"), "=90-100%"),
        (("=", "", "%"), "=%"),
        (("—", "—", "—"), ""),
        (("正向", "100", "%"), "100%"),
        (("≤", "年底前", ""), "年底前"),
    ],
)
def test_columns_are_joined_as_the_contract_says(columns: tuple[str, str, str], joined: str) -> None:
    assert split_value_columns(*columns) == joined


@settings(derandomize=True)
@given(PRINTED, PRINTED, PRINTED)
def test_joining_columns_is_total(operator: str, value: str, unit: str) -> None:
    parse_value(split_value_columns(operator, value, unit))


@pytest.mark.parametrize(
    ("operator", "value", "unit", "joined"),
    [
        ("≥", "", "", "≥"),
        ("", "", "%", "%"),
        ("≥", "", "%", "≥%"),
        ("≥", "12月", "月", "≥12月"),  # begins with a number: a quantity, whatever it is alone
        ("≥", "明显", "%", "明显"),
        ("≥", "-5", "%", "≥-5%"),
    ],
)
def test_columns_that_are_partly_blank(operator: str, value: str, unit: str, joined: str) -> None:
    assert split_value_columns(operator, value, unit) == joined
