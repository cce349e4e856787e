"""Whole ends of names behind a word: shares that add up, held-out texts unheard, siblings heard."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.normalizers.names.known_texts import (
    KnownText,
    document_index,
    negative_index,
    vocabulary_index,
)
from goaltables.normalizers.names.tail_grammar import TailGrammar
from goaltables.normalizers.names.tail_phrases import TailPhrases, phrase_votes, vocabulary_phrase_votes
from goaltables.normalizers.names.tail_words import vocabulary_word_counts, word_counts

QUERY = ("cost", "万元")


def _phrases(*names: str) -> TailPhrases:
    document = document_index(KnownText(name, (QUERY[0],), (QUERY[1],)) for name in names).votes(*QUERY)
    grammar = TailGrammar([vocabulary_word_counts(*QUERY), word_counts(document)], *QUERY)
    return TailPhrases([vocabulary_phrase_votes(*QUERY), phrase_votes(document)], grammar)


def _share(phrases: TailPhrases, text: str, tail: str) -> float:
    return dict(phrases.tails(text).tails).get(tail, 0.0)


def test_what_stands_behind_one_subsidy_stands_behind_the_other() -> None:
    cut, tail = "护边员执勤补贴", "每季度发放金额"
    alone, beside = _phrases(), _phrases("环卫工人生活补贴" + tail, "护林员管护补贴" + tail)
    assert _share(beside, cut, tail) > 3 * _share(alone, cut, tail)
    assert _share(beside, cut, tail) > 0.05


def test_a_word_in_the_middle_is_completed_and_the_end_follows() -> None:
    assert _share(_phrases(), "某某工程聘用第", "三方机构费用") > _share(_phrases(), "某某工程聘用第", "费用")


@settings(derandomize=True, max_examples=30, deadline=None)
@given(st.text("补助发放金额每次工资及社保第三方机", max_size=12))
def test_shares_add_up_to_one_at_most(text: str) -> None:
    tails = _phrases().tails(text)
    assert tails.share_of_end >= 0
    assert tails.share_of_end + sum(share for _, share in tails.tails) <= 1 + 1e-9
    assert [share for _, share in tails.tails] == sorted((s for _, s in tails.tails), reverse=True)


def test_support_is_the_longest_common_end_and_is_taken_back_by_negative_votes() -> None:
    numbers = [
        number for number, known in enumerate(vocabulary_index().texts) if known.text.endswith("发放准确率")
    ]
    votes = vocabulary_phrase_votes("quality", "%")
    grammar = TailGrammar([vocabulary_word_counts("quality", "%")], "quality", "%")
    with_them = TailPhrases([votes], grammar)
    without = TailPhrases([votes, phrase_votes(negative_index(numbers).votes("quality", "%"))], grammar)
    size, weight = with_them.support("某某补助发放准", "确率")
    assert size >= 3
    assert weight > 0
    assert without.support("某某补助发放准", "确率")[0] < 3
