"""What is known about one cut name: its label and unit, the document's other texts, what they make of it."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from rapidfuzz import process
from rapidfuzz.distance import Hamming

from goaltables.normalizers.names.known_texts import (
    CONTEXT_WEIGHT,
    PHRASE,
    ContextIndex,
    KnownText,
    Votes,
    document_index,
    vocabulary_index,
    vocabulary_votes,
)
from goaltables.normalizers.names.tail_grammar import TailGrammar
from goaltables.normalizers.names.tail_model import TailModel
from goaltables.normalizers.names.tail_phrases import TailPhrases, phrase_votes, vocabulary_phrase_votes
from goaltables.normalizers.names.tail_ranking import Evidence, OtherName
from goaltables.normalizers.names.tail_words import WordPairs, own_words, vocabulary_word_counts
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


Query: TypeAlias = tuple[str | None, str | None]  # level-2 id, unit id


@dataclass(frozen=True, slots=True)
class TailModels:
    """The three models of the tails of names under one label and unit."""

    seen: TailModel
    composed: TailGrammar
    phrased: TailPhrases


class DocumentTexts:
    """The texts around a name: how they go on, and the words that only this document has.

    What they make likely is counted once for each label and unit: the names of a table share a few of both.
    """

    def __init__(self, index: ContextIndex, words: frozenset[str] = frozenset()) -> None:
        self.index = index
        self._words = words
        self._meant: dict[str, str] = {}
        self._votes: dict[Query, Votes] = {}
        self._seen: dict[Query, TailModel] = {}
        self._models: dict[Query, TailModels] = {}

    def meant(self, name: str) -> str:
        """See `as_meant`."""
        if name not in self._meant:
            self._meant[name] = as_meant(name, self.index)
        return self._meant[name]

    def seen(self, query: Query) -> TailModel:
        """How names under a label and with a unit were seen to go on."""
        if query not in self._seen:
            self._seen[query] = TailModel([vocabulary_votes(*query), self._votes_of(query)])
        return self._seen[query]

    def models(self, query: Query) -> TailModels:
        """All models of the tails of names under a label and with a unit."""
        if query not in self._models:
            votes = self._votes_of(query)
            counts = (vocabulary_word_counts(*query), self._pairs.counts(votes.weights))
            grammar = TailGrammar(counts, *query, self._words)
            phrases = TailPhrases((vocabulary_phrase_votes(*query), phrase_votes(votes)), grammar)
            self._models[query] = TailModels(self.seen(query), grammar, phrases)
        return self._models[query]

    @cached_property
    def _pairs(self) -> WordPairs:
        return WordPairs(self.index.texts)

    def _votes_of(self, query: Query) -> Votes:
        if query not in self._votes:
            self._votes[query] = self.index.votes(*query)
        return self._votes[query]


def query_of(row: NameRow) -> Query:
    return row.level2_id, unit_id(row.unit)


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


def as_meant(name: str, document: ContextIndex) -> str:
    """The name to look up: with a misread character before its last one (社保友放准) put right.

    Only where no text at all has the end as printed, and one has it but for one character; a misread last
    character could be any. What is published keeps the printed character.
    """
    indexes = (document, vocabulary_index())
    if any(index.places(name[-_KNOWN_END:]) for index in indexes):
        return name
    phrases = [phrase for index in indexes for phrase in index.phrases(name[-1:])]
    found = process.extractOne(name[-PHRASE:], phrases, scorer=Hamming.distance, score_cutoff=1)
    return name[:-PHRASE] + found[0] if found is not None else name


def gather_evidence(row: NameRow, document: DocumentTexts, others: Sequence[OtherName]) -> Evidence:
    query = query_of(row)
    name = document.meant(row.name)
    models = document.models(query)
    return Evidence(
        name,
        *query,
        seen=models.seen.tails(name),
        composed=models.composed.tails(name),
        phrased=models.phrased.tails(name),
        support=models.phrased.support,
        document="\n".join(known.text for known in document.index.texts if known.text != row.name),
        head_shares=models.seen.head_shares,
        others=tuple(others),
        printed_unit=row.unit,
    )
