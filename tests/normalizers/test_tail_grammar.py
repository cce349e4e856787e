"""Tails composed of words: the words as data, texts read as words, and what may follow them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.normalizers.data import load_rows, load_toml
from goaltables.normalizers.names.known_texts import END, KnownText, document_index, usual_names
from goaltables.normalizers.names.tail_grammar import TailGrammar
from goaltables.normalizers.names.tail_words import (
    UNKNOWN,
    WordCounts,
    WordPairs,
    kinds_of_words,
    own_words,
    segmented,
    vocabulary_word_counts,
    word_counts,
)
from goaltables.normalizers.names.vocabulary import name_key
from goaltables.normalizers.understanding.labels import levels
from goaltables.normalizers.values.units import unit_table

_WORDS = load_rows("tail_words.csv")


def _grammar(level2: str, unit: str, *names: str) -> TailGrammar:
    document = document_index(KnownText(name, (level2,), (unit,)) for name in names).votes(level2, unit)
    return TailGrammar([vocabulary_word_counts(level2, unit), word_counts(document)], level2, unit)


def test_the_words_are_listed_once_sorted_by_kind_and_sourced() -> None:
    keys = [(row["kind"], row["word"]) for row in _WORDS]
    assert keys == sorted(keys)
    assert len({row["word"] for row in _WORDS}) == len(_WORDS)
    described = {row["source"] for row in load_rows("vocabulary_sources.csv")}
    assert {row["source"] for row in _WORDS} <= described


def test_each_kind_is_measured_by_heads() -> None:
    measured_by = load_toml("tail_grammar.toml")["measured_by"]
    assert set(measured_by) == {row["kind"] for row in _WORDS}
    heads = {head for listed in measured_by.values() for head in listed}
    assert {head for head in heads if kinds_of_words()[head] != "head"} == set()


def test_usual_names_are_listed_once_sorted_and_well_formed() -> None:
    rows = load_rows("usual_names.csv")
    assert [row["name"] for row in rows] == sorted(row["name"] for row in rows)
    assert len({name_key(row["name"]) for row in rows}) == len(rows)
    described = {row["source"] for row in load_rows("vocabulary_sources.csv")}
    assert {row["source"] for row in rows} <= described
    known_levels = {level.id for level in levels(2)}
    assert {level for name in usual_names() for level in name.level2} <= known_levels
    units = {unit for name in usual_names() for unit in name.units}
    assert {unit for unit in units if "/" not in unit} <= set(unit_table()) | {"@date", "@qual"}


def test_a_text_is_read_as_the_fewest_known_words() -> None:
    assert segmented("困难人员户数") == ("困难人员", "户数")
    assert segmented("阔克苏补助发放准确率") == (UNKNOWN, "补助", "发放", "准确率")
    assert segmented("") == ()


def test_what_is_no_known_word_is_the_documents_own() -> None:
    assert own_words(["石榴籽宣讲轻骑兵补助", "补助发放", "某"]) == {"石榴籽", "轻骑兵"}


@pytest.mark.parametrize(
    ("level2", "unit", "printed", "tail"),
    [
        ("quantity", "个", "老旧小区改造监理及设计服", "务数量"),
        ("quality", "%", "残疾人基础信息录", "入准确率"),
        ("served_satisfaction", "%", "参加技能提升行动的参训学", "员满意度"),
        ("quantity", "平方米", "老粮库外墙修", "缮面积"),
    ],
)
def test_a_cut_inside_a_word_is_mended_by_the_word(level2: str, unit: str, printed: str, tail: str) -> None:
    assert tail in [found for found, _ in _grammar(level2, unit).tails(printed).tails[:3]]


def test_words_that_stand_in_the_document_are_preferred() -> None:
    other = _grammar("quantity", "个").tails("村级文化活动室设备采").tails
    own = _grammar("quantity", "个", "图书采集数量", "信息采集数量", "样本采集数量").tails(
        "村级文化活动室设备采"
    )
    assert dict(own.tails)["集数量"] > dict(other).get("集数量", 0.0)


def test_counts_know_pairs_kinds_and_ends() -> None:
    texts = [KnownText("补助发放人数"), KnownText("某某发放人数"), KnownText("补助发", is_whole=False)]
    counts = WordPairs(texts).counts([2.0, 0.5, 0.0])
    assert counts.pairs["发放"] == {"人数": 2.5}
    assert counts.pairs["人数"] == {END: 2.5}
    assert counts.pairs[UNKNOWN] == {"补助": 2.0, "发放": 0.5}  # an unknown word is nobody's follower
    assert counts.kinds["head"] == {"end": 2.5}
    assert counts.kinds["unknown"][kinds_of_words()["发放"]] == 0.5
    assert counts.words == {"补助": 2.0, "发放": 2.5, "人数": 2.5, END: 2.5}
    assert WordPairs([]).counts([]) == WordCounts({}, {}, {})


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.one_of(st.text(max_size=16), st.text("补助发放及时准确率人数资金满意度次", max_size=16)))
def test_the_shares_of_the_tails_are_a_distribution(text: str) -> None:
    found = _grammar("quality", "%").tails(text)
    shares = [share for _, share in found.tails]
    assert all(share >= 0 for share in shares)
    assert sum(shares) + found.share_of_end <= 1 + 1e-9
    assert shares == sorted(shares, reverse=True)


def test_followers_are_shares() -> None:
    grammar = _grammar("quantity", "人")
    for word in ("发放", "困难人员", UNKNOWN, "人数"):
        assert 0 < sum(grammar.share(word, other) for other in kinds_of_words()) <= 1 + 1e-9
    assert grammar.share("人数", END) > 0.5
