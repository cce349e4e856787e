from __future__ import annotations

from decimal import Decimal

import pytest

from goaltables.normalizers.values.numerals import MAX_DIGITS, format_decimal, read_numeral
from goaltables.normalizers.values.scanner import FoldedText, Scanner


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("九十五", 95),
        ("两", 2),
        ("一百", 100),
        ("一百零五", 105),
        ("一百二", 120),
        ("一百二十", 120),
        ("三千五百", 3500),
        ("两万三千", 23000),
        ("一亿零二百万", 102000000),
        ("二〇二二", 2022),
        ("零", 0),
        ("1,234", 1234),
        ("１２", 12),
        ("-5", -5),
    ],
)
def test_whole_numbers(text: str, value: int) -> None:
    scanner = Scanner(FoldedText(text))
    found = read_numeral(scanner)
    assert found is not None
    assert found.value == value
    assert scanner.at_end


def test_decimals_in_words() -> None:
    found = read_numeral(Scanner(FoldedText("九十九点五")))
    assert found is not None
    assert found.value == Decimal("99.5")


@pytest.mark.parametrize("text", ["三四", "甲", "", "-", "9" * (MAX_DIGITS + 1), "一" * 30])
def test_what_is_no_number_moves_nothing(text: str) -> None:
    scanner = Scanner(FoldedText(text))
    assert read_numeral(scanner) is None
    assert scanner.position == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [("3309840.00", "3309840"), ("1E+3", "1000"), ("-0.0", "0"), ("0.50", "0.5"), ("100", "100")],
)
def test_published_decimals_have_no_exponent_and_no_closing_zeros(value: str, text: str) -> None:
    assert format_decimal(Decimal(value)) == text
