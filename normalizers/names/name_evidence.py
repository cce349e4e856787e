"""What is known about one cut name: its label and unit, the document's other texts, what they make of it."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import Hamming

from goaltables.normalizers.names.tail_grammar import (
    TailGrammar,
    own_words,
    vocabulary_word_counts,
    word_counts,
)
from goaltables.normalizers.names.tail_model import (
    CONTEXT_WEIGHT,
    PHRASE,
    ContextIndex,
    KnownText,
    TailModel,
    document_index,
    vocabulary_index,
    vocabulary_votes,
)
from goaltables.normalizers.names.tail_phrases import TailPhrases, phrase_votes, vocabulary_phrase_votes
from goaltables.normalizers.names.tail_ranking import Evidence, OtherName
from goaltables.normalizers.values.units import find_unit

# An end of three characters that some text goes on from needs no putting right.
_KNOWN_END = 3
_RUN_OF_WORDS = re.compile("[\u4e00-\u9fff（）]{2,}")


@dataclass(frozen=True, slots=True)
class NameRow:
    """An indicator's name where it was printed.

    `level2` is the label as printed, `level2_id` its class; `unit` as printed (``@date`` or ``@qual`` where
    the target is a date or a phrase). `table` counts the tables of the document, `column` is any key of the
    column of names in it. `is_clipped`: the page shows that the text was cut (it touches the edge).
    `is_certain`: its characters come from a text layer, not from a picture.
    """

    name: str
    level2: str | None = None
    level2_id: str | None = None
    unit: str | None = None
    table: int = 0
    column: Hashable = None
    is_clipped: bool = False
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class DocumentTexts:
    """The texts around a name: how they go on, and the words that only this document has."""

    index: ContextIndex
    words: frozenset[str]


def unit_id(unit: str | None) -> str | None:
    if not unit or unit.startswith("@"):
        return unit or None
    found = find_unit(unit)
    return found.unit_id if found else unit


def document_texts(
    rows: Sequence[NameRow],
    known: Sequence[NameRow | None],
    context: Sequence[str],
    learnt: Sequence[KnownText],
) -> DocumentTexts:
    """The texts of a document: its names (`known`: each row with its whole name, None where that is not
    known), the words of its other texts (`context`), and names of other documents (`learnt`).
    """
    texts = {}
    for row, whole in zip(rows, known, strict=True):
        text = whole or row
        level2 = (row.level2_id,) if row.level2_id else ()
        unit = unit_id(row.unit)
        texts[text.name, level2] = KnownText(
            text.name, level2, (unit,) if unit else (), is_whole=whole is not None
        )
    runs = dict.fromkeys(run for text in context for run in _RUN_OF_WORDS.findall(text))
    running = (KnownText(run, weight=CONTEXT_WEIGHT, is_whole=False) for run in runs)
    whole_names = (text.text for text in texts.values() if text.is_whole)
    index = document_index([*texts.values(), *running, *learnt])
    return DocumentTexts(index, own_words([*whole_names, *runs]))


def tail_model(row: NameRow, document: ContextIndex) -> TailModel:
    query = (row.level2_id, unit_id(row.unit))
    return TailModel([vocabulary_votes(*query), document.votes(*query)])


def as_meant(name: str, document: ContextIndex) -> str:
    """The name to look up: with a misread character before its last one (社保友放准) put right.

    Only where no text at all has the end as printed, and one has it but for one character; a misread last
    character could be any. What is published keeps the printed character.
    """
    indexes = (document, vocabulary_index())
    if any(name[-_KNOWN_END:] in index.followers for index in indexes):
        return name
    phrases = [phrase for index in indexes for phrase in index.phrases if phrase[-1:] == name[-1:]]
    found = process.extractOne(name[-PHRASE:], phrases, scorer=Hamming.distance, score_cutoff=1)
    return name[:-PHRASE] + found[0] if found is not None else name


def gather_evidence(row: NameRow, document: DocumentTexts, others: Sequence[OtherName]) -> Evidence:
    query = (row.level2_id, unit_id(row.unit))
    name = as_meant(row.name, document.index)
    model = tail_model(row, document.index)
    votes = document.index.votes(*query)
    grammar = TailGrammar((vocabulary_word_counts(*query), word_counts(votes)), *query, document.words)
    phrases = TailPhrases((vocabulary_phrase_votes(*query), phrase_votes(votes)), grammar)
    return Evidence(
        name,
        *query,
        seen=model.tails(name),
        composed=grammar.tails(name),
        phrased=phrases.tails(name),
        support=phrases.support,
        document="\n".join(known.text for known in document.index.texts if known.text != row.name),
        head_shares=model.head_shares,
        others=tuple(others),
        printed_unit=row.unit,
    )
