from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.normalizers.values.amounts import amount_unit, is_blank, parse_amount, printed_step


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("903.78", "903.78"),
        ("1,463.70", "1463.70"),
        ("１０９.６１", "109.61"),
        ("１，２３４．５", "1234.5"),
        ("(3.2)", "-3.2"),
        ("（３.２）", "-3.2"),
        ("-4.20", "-4.20"),
        ("－4", "-4"),
        ("￥1,000", "1000"),
        ("94.36万元", "94.36"),
        ("5 000 元", "5000"),
        ("95.93%", "95.93"),
        ("0", "0"),
        (".5", "0.5"),
    ],
)
def test_printed_amounts(text: str, value: str) -> None:
    assert parse_amount(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", None, "-", "—", "——", "/", "无", " ", "甲", "1,23", "1.2.3", "12人", "(5", "9" * 50]
)
def test_what_is_no_amount_is_none_and_never_zero(text: str | None) -> None:
    assert parse_amount(text) is None


@pytest.mark.parametrize(
    ("text", "blank"), [("", True), ("－", True), ("—", True), ("/", True), ("0", False), ("甲", False)]
)
def test_blank_marks(text: str, blank: bool) -> None:
    assert is_blank(text) is blank


def test_unit_and_precision_as_printed() -> None:
    assert amount_unit("94.36万元") == "万元"
    assert amount_unit("94.36") is None
    assert printed_step("1,463.70") == Decimal("0.01")
    assert printed_step("331") == Decimal(1)
    assert printed_step("-") is None


@settings(derandomize=True)
@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False))
def test_a_written_amount_reads_back_exactly(amount: Decimal) -> None:
    assert parse_amount(f"{amount:,}") == amount
    full = f"{amount:,}".translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789,.-"})
    assert parse_amount(full) == amount


@settings(derandomize=True)
@given(st.text(max_size=60))
def test_total_on_any_text(text: str) -> None:
    parse_amount(text)
    printed_step(text)
