"""The word lists behind target values: every entry is reachable, says one thing, and names its source."""

from __future__ import annotations

from collections import Counter

import pytest

from goaltables.normalizers.data import load_rows, load_toml
from goaltables.normalizers.text import clean_text
from goaltables.normalizers.values.target_value import parse_value

ROWS = load_rows("operators.csv")
DEADLINES = ("之前", "以前", "不晚于", "不迟于", "最迟", "最晚", "早于")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["printed"]))
def test_every_operator_is_read_as_what_it_says(row: dict[str, str]) -> None:
    quantity = "95%"
    text = row["printed"] + quantity if row["place"] == "before" else quantity + row["printed"]
    if row["printed"] in DEADLINES:
        text = text.replace(quantity, "12月31日")
    read = parse_value(text, fiscal_year=2022)
    assert (read.kind in ("number", "date"), read.operator) == (True, row["operator"])
    assert ("ocr_operator" in read.flags) is (row["flag"] == "ocr_operator")


def test_operators_are_listed_once_with_a_source() -> None:
    counts = Counter((row["printed"], row["place"]) for row in ROWS)
    assert [entry for entry, times in counts.items() if times > 1] == []
    assert all(row["source"] and row["place"] in ("before", "after") for row in ROWS)


@pytest.mark.parametrize("mark", load_toml("value_words.toml")["blank"]["marks"])
def test_blank_marks_are_empty_values(mark: str) -> None:
    assert parse_value(mark).kind == "empty"


@pytest.mark.parametrize("scale", load_toml("value_words.toml")["scale"]["words"])
def test_scales_are_phrases_with_a_flag(scale: str) -> None:
    read = parse_value(scale)
    assert (read.kind, read.flags) == ("qualitative", ("scale_not_value",))


@pytest.mark.parametrize(("word", "per"), load_toml("value_words.toml")["per"].items())
def test_words_of_a_cycle_divide_the_unit(word: str, per: str) -> None:
    unit_id = parse_value(f"{word}5元").unit_id
    assert unit_id is not None
    assert unit_id == f"元/{per}"


def test_every_radical_is_folded_to_an_ideograph() -> None:
    rows = load_rows("radicals.csv", "goaltables")
    assert len({row["radical"] for row in rows}) == len(rows)
    for row in rows:
        assert clean_text(row["radical"]) == row["ideograph"]
        assert clean_text(row["ideograph"]) == row["ideograph"], "folding twice changes nothing more"
