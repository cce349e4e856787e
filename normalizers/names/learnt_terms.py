"""Terms learnt from reviewed documents: proposed by a person's correction, taken only on good grounds.

One misread page must not teach the program a wrong name. So a correction at the review desk makes a proposal,
and a proposal is taken (heard in completions, and known by an id) only when its name was seen in two
documents, or when a person approved it:

>>> seen_once = LearntTerm("护边员补助发放准", "护边员补助发放准确率", "quality", ("ab12",))
>>> taken([seen_once])
()
>>> seen_again = LearntTerm("护边员补助发放准", "护边员补助发放准确率", "quality", ("cd34",))
>>> taken([seen_once, seen_again])[0].documents
('ab12', 'cd34')
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from goaltables.normalizers.names.known_texts import KnownText
from goaltables.normalizers.names.vocabulary import name_key

DOCUMENTS_THAT_PROVE = 2
# A person read the whole name: more than all that others' names make likely.
_WEIGHT = 30.0


@dataclass(frozen=True, slots=True)
class LearntTerm:
    """A term as it was printed, its level-2 class, the whole name a person gave it, and where (sha256)."""

    term: str
    full_name: str
    level2: str | None = None
    documents: tuple[str, ...] = ()
    approved: bool = False

    @property
    def id(self) -> str:
        """An id that one name has everywhere, whoever learnt it: ``L:`` and a hash."""
        return f"L:{hashlib.sha256(name_key(self.full_name).encode()).hexdigest()[:12]}"


def merged_terms(terms: Iterable[LearntTerm]) -> tuple[LearntTerm, ...]:
    """Each term once, in the order of the names: documents add up, one approval is enough."""
    found: dict[tuple[str, str, str], LearntTerm] = {}
    for term in terms:
        key = (name_key(term.full_name), term.level2 or "", term.term)
        other = found.get(key, term)
        documents = tuple(sorted({*other.documents, *term.documents}))
        approved = other.approved or term.approved
        found[key] = LearntTerm(other.term, other.full_name, other.level2, documents, approved)
    return tuple(found[key] for key in sorted(found))


def taken(terms: Iterable[LearntTerm]) -> tuple[LearntTerm, ...]:
    """The terms that may be used: approved, or of a name seen in two documents under whatever printing."""
    merged = merged_terms(terms)
    documents: dict[str, set[str]] = {}
    for term in merged:
        documents.setdefault(name_key(term.full_name), set()).update(term.documents)
    return tuple(
        term
        for term in merged
        if term.approved or len(documents[name_key(term.full_name)]) >= DOCUMENTS_THAT_PROVE
    )


def known_texts(terms: Iterable[LearntTerm]) -> tuple[KnownText, ...]:
    """The terms as texts that vote on how a cut name goes on."""
    return tuple(
        KnownText(term.full_name, (term.level2,) if term.level2 else (), weight=_WEIGHT) for term in terms
    )


def learnt_ids(terms: Iterable[LearntTerm]) -> Mapping[str, str]:
    """The id of each term's name, by `name_key`."""
    return {name_key(term.full_name): term.id for term in terms}
