from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.values.scanner import fold_char
from goaltables.normalizers.values.units import SIGNIFICANT, convert, find_unit, unit_table


@pytest.mark.parametrize(
    ("printed", "unit_id", "base"),
    [
        ("名", "人", "人"),
        ("百分比", "%", "1"),
        ("％", "%", "1"),
        ("%(百分比)", "%", "1"),
        ("台（套）", "台", "台"),
        ("头（只）", "头", "头"),
        ("㎡", "平方米", "平方米"),
        ("元/人·月", "元/人/月", "元/人/年"),
        ("元/月/人", "元/人/月", "元/人/年"),
        ("元/人*月", "元/人/月", "元/人/年"),
        ("元／批次", "元/批", "元/批"),
        ("元/头", "元/头", "元/头"),
        ("次每年", "次/年", "次/年"),
        ("万人次", "万人次", "人次"),
        ("万株", "万株", "株"),
        ("万/月", "万元/月", "元/年"),
        ("个工作日", "工作日", "工作日"),
        ("/10万", "/10万", "1"),
        ("人/十万", "/10万", "1"),
        ("例/10万人", "/10万", "1"),
        ("元/生/天", "元/生/天", "元/生/年"),
        ("万头（只、羽）", "万头", "头"),
    ],
)
def test_printed_units(printed: str, unit_id: str, base: str) -> None:
    unit = find_unit(printed)
    assert unit is not None
    assert (unit.unit_id, unit.base) == (unit_id, base)


@pytest.mark.parametrize("text", ["", "百分", "甲", "元/", "/人", "人人", "元/甲乙丙丁"])
def test_what_is_no_known_unit(text: str) -> None:
    assert find_unit(text) is None


def test_different_things_are_never_merged() -> None:
    for one, other in (("人", "人次"), ("次", "场"), ("户", "人"), ("天", "工作日")):
        first, second = find_unit(one), find_unit(other)
        assert first is not None
        assert second is not None
        assert first.dim != second.dim or first.base != second.base


@pytest.mark.parametrize(
    ("value", "unit", "base"),
    [
        ("10.38", "万元", "103800"),
        ("95", "%", "0.95"),
        ("1", "次/月", "12"),
        ("500", "元/人/月", "6000"),
        ("3", "亩", "2000"),
        ("1", "亩", "666.666666667"),
        ("15", "分钟", "0.25"),
        ("5", "分钟", "0.0833333333333"),
        ("0.1", "公里", "100"),
    ],
)
def test_conversion_is_exact_or_rounded_to_the_stated_digits(value: str, unit: str, base: str) -> None:
    known = find_unit(unit)
    assert known is not None
    assert convert(Decimal(value), known) == Decimal(base)
    exact = Fraction(value) * known.factor
    assert abs(Fraction(convert(Decimal(value), known)) - exact) <= abs(exact) / 10 ** (SIGNIFICANT - 1)


def _entries() -> list[tuple[str, str, list[str]]]:
    return [
        (family, unit_id, entry["aliases"])
        for family, units in load_toml("units.toml").items()
        if family not in ("multipliers", "per_year", "ambiguous")
        for unit_id, entry in units.items()
        if unit_id != "source"
    ]


def test_every_spelling_leads_to_its_own_unit_and_no_other() -> None:
    seen: dict[str, str] = {}
    for _, unit_id, aliases in _entries():
        for spelling in (unit_id, *aliases):
            key = "".join(map(fold_char, spelling))
            assert seen.setdefault(key, unit_id) == unit_id, (
                f"{spelling} belongs to {seen[key]} and {unit_id}"
            )
            found = find_unit(spelling)
            assert found is not None, spelling
            assert found.unit_id == unit_id, spelling


def test_every_family_names_its_source() -> None:
    assert all(family["source"] for family in load_toml("units.toml").values())


def test_units_of_one_base_share_a_dimension() -> None:
    dims: dict[str, set[str]] = {}
    for unit in unit_table().values():
        if unit.base not in ("1", "个"):
            dims.setdefault(unit.base, set()).add(unit.dim)
    assert {base: found for base, found in dims.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("text", "unit_id"),
    [
        ("元/生", "元/生"),  # a counter that no table knows, behind a stroke
        ("元每生", None),  # … and only there
        ("元/生/天", "元/生/天"),
        ("台（套）", "台"),
        ("台（套、辆）", "台"),
        ("台（套", None),
        ("台（套；辆）", None),
        ("台%套）", None),
    ],
)
def test_counters_behind_strokes_and_in_brackets(text: str, unit_id: str | None) -> None:
    found = find_unit(text)
    assert (found.unit_id if found else None) == unit_id


def test_a_conversion_that_ends_as_a_decimal_keeps_every_digit() -> None:
    assert convert(Decimal("12.34567890123456"), unit_table()["%"]) == Decimal("0.1234567890123456")
