"""What a cell of each kind may say: every trait with a text that has it and one that has not."""

from __future__ import annotations

import pytest

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.rereading.expectation import Kind, is_impossible, traits, weight

TRAITS = [
    (Kind.TEXT, "", ("nothing",)),
    (Kind.TEXT, "补助发放", ()),
    (Kind.TEXT, "补助發放", ("unusual-pair", "unusual-pair", "rare-character")),
    (Kind.TEXT, "、补助发放", ("edge-mark",)),
    (Kind.TEXT, "、", ()),
    (Kind.TEXT, "——", ()),
    (Kind.TEXT, "(质量", ("edge-mark", "form-word")),
    (Kind.TEXT, "质量指标)", ("edge-mark", "form-word")),
    (Kind.TEXT, "(质量)", ("form-word",)),
    (Kind.TEXT, "补助·发放", ("loose-mark",)),
    (Kind.TEXT, "人·月", ()),
    (Kind.TEXT, "12,", ("edge-mark", "not-a-number")),
    (Kind.TEXT, "1a", ("not-a-number",)),
    (Kind.TEXT, "a", ()),
    (Kind.TEXT, "1ab", ()),
    (Kind.TEXT, "产出指标", ("form-word",)),
    (Kind.LABEL, "产出指标（50分）", ("form-word",)),
    (Kind.LABEL, "产出指样", ("unusual-pair",)),
    (Kind.OPERATOR, "≥", ("operator",)),
    (Kind.OPERATOR, "小于", ("operator", "unusual-pair")),
    (Kind.OPERATOR, ">", ("operator", "strict-operator")),
    (Kind.OPERATOR, "＜", ("strict-operator",)),
    (Kind.OPERATOR, "5", ()),
    (Kind.UNIT, "人", ("unit",)),
    (Kind.UNIT, "元/人/月", ("unit",)),
    (Kind.UNIT, "/", ("unit",)),
    (Kind.UNIT, "", ("nothing",)),
    (Kind.UNIT, "甲", ()),
    (Kind.NUMBER, "1,463.70", ()),
    (Kind.NUMBER, "—", ()),
    (Kind.NUMBER, "7:5", ("not-a-number",)),
    (Kind.NAME, "干部职工满意度", ("known-name",)),
    (Kind.NAME, "受益村民满意度", ("known-end",)),
    (Kind.NAME, "补助发放", ()),
    (Kind.VALUE, "≥95%", ()),
    (Kind.VALUE, "=95%", ()),
    (Kind.VALUE, "95%", ("no-operator",)),
    (Kind.VALUE, ">84%", ("strict-operator",)),
    (Kind.VALUE, "<84%", ("strict-operator",)),
    (Kind.VALUE, "=-5%", ("negative",)),
    (Kind.VALUE, "=0%", ()),
    (Kind.VALUE, "290%", ("no-operator", "over-100-percent")),
    (Kind.VALUE, "2100%", ("no-operator", "over-100-percent")),
    (Kind.VALUE, "190%", ("no-operator",)),
    (Kind.VALUE, "=5甲乙", ("unknown-unit", "unusual-pair")),
    (Kind.VALUE, "z95%", ("odd-sign", "number-in-text")),
    (Kind.VALUE, "≥%", ("unparsed",)),
    (Kind.VALUE, "有效提升", ()),
    (Kind.VALUE, "12月", ()),
    (Kind.VALUE, "1:3", ("no-operator",)),
]


@pytest.mark.parametrize(("kind", "text", "has"), TRAITS)
def test_traits(kind: Kind, text: str, has: tuple[str, ...]) -> None:
    assert sorted(traits(kind, text)) == sorted(has)


@pytest.mark.parametrize(("kind", "text", "has"), TRAITS)
def test_the_weight_is_the_sum_of_the_traits(kind: Kind, text: str, has: tuple[str, ...]) -> None:
    weights = load_toml("expectations.toml")
    own = weights["any"] | weights[kind]
    assert weight(kind, text) == pytest.approx(sum(own.get(trait, 0.0) for trait in has))
    usual = weight(kind, text, is_usual=True) - weight(kind, text)
    assert usual == pytest.approx(own.get("usual-here", 0.0))


@pytest.mark.parametrize(("kind", "text", "has"), TRAITS)
def test_what_is_impossible(kind: Kind, text: str, has: tuple[str, ...]) -> None:
    never = {"odd-sign", "unparsed", "not-a-number", "number-in-text", "unknown-unit"}
    assert is_impossible(kind, text) is (kind in (Kind.VALUE, Kind.NUMBER) and bool(never & {*has}))
