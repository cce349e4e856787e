"""The forms themselves: one file each in ``data/forms``, with the words that only this form prints.

A form is known by its title, and where the title is lost by what stands inside. Several files may lead to
one published form: the self-evaluation of a transfer is a `self_evaluation` that prints blocks of its own.
Adding a form is adding a file (docs/adding-a-form.md); the words in it are known everywhere, as those of
``data/column_heads.toml`` and ``data/header_labels.toml`` are.

Titles stay as printed. One that is read with a wrong character is still known for what it is:

>>> recognise_form("部门预!目支出绩效自评表", (), ""), is_known_title("项目支出绩交目标表")
('self_evaluation', True)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from rapidfuzz.distance import Levenshtein

from goaltables.document import Form
from goaltables.normalizers.data import load_toml, toml_names
from goaltables.normalizers.understanding.closed_words import fold

_FORMS = "forms"
# Behind a title: (2023年度), （一）, 之二.
_BEHIND = re.compile(r"(?:[(（][^()（）]{0,12}[)）]|之[一二三四五六七八九十\d]+)$")
_BRACKETS = re.compile(r"[()（）]")
_TOPIC = re.compile(r"绩效|目标|自评")
_LEAST_LEFT = 6
# A printed title may differ in one character, a long one in two: more would make it another form's.
_LONG_TITLE = 9


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """One form: words of its titles, and evidence inside the table for when the title is lost.

    `titles` are how its titles end, for those that are read badly. Evidence is ``block:tasks``,
    ``label:project``, ``head:score`` or ``word:中央补助``; every entry counts one, every entry of `against`
    takes one away. `rank` decides between equals: smaller is more special. With `decisive` pieces of
    evidence the form is this one whatever the title says: titles of goal tables are often copied on to the
    self-evaluation.
    """

    name: str
    form: Form
    title: tuple[str, ...]
    titles: tuple[str, ...]
    evidence: tuple[str, ...]
    against: tuple[str, ...]
    rank: int
    decisive: int


@cache
def form_definitions() -> tuple[FormDefinition, ...]:
    """All form definitions, the most special first."""
    definitions = []
    for name in toml_names(_FORMS):
        form = load_toml(name)
        definitions.append(
            FormDefinition(
                name.removeprefix(f"{_FORMS}/").removesuffix(".toml"),
                form["form"],
                tuple(form["title"]),
                tuple(form["titles"]),
                tuple(form["evidence"]),
                tuple(form["against"]),
                form["rank"],
                form.get("decisive", 99),
            )
        )
    return tuple(sorted(definitions, key=lambda form: form.rank))


def words_of_forms(kind: str) -> Iterator[dict[str, Any]]:
    """The entries of `kind` (``column``, ``label``, ``head``) that the form files add to the common ones."""
    for name in toml_names(_FORMS):
        yield from load_toml(name).get(kind, ())


def recognise_form(title: str | None, evidence: Collection[str], text: str) -> Form:
    """The form of a goal table, from its title, then from what stands inside.

    `evidence` holds ``block:…``, ``label:…`` and ``head:…`` of what was found, `text` all that is printed in
    the table (for ``word:…``).
    """
    named = _named(title or "")
    points: dict[str, int] = {}
    for form in form_definitions():
        found = sum(
            item in evidence or (item.startswith("word:") and item[5:] in text) for item in form.evidence
        )
        points[form.name] = 3 * (form.name in named) + found - sum(item in evidence for item in form.against)
        points[form.name] += 9 if found >= form.decisive else 0
    if max(points.values()) <= 0:
        return "project"
    best = max(points, key=lambda name: points[name])
    return next(form.form for form in form_definitions() if form.name == best)


def _named(title: str) -> frozenset[str]:
    """The forms that a title names: by the words it holds, else by the one title it is nearest to."""
    folded = fold(title)
    named = frozenset(
        form.name for form in form_definitions() if any(fold(word) in folded for word in form.title)
    )
    return named or _nearest_forms(folded)


def is_known_title(text: str) -> bool:
    """Whether a line is the title of a form, one or two of its characters misread or lost."""
    return bool(_nearest_forms(fold(text)))


def is_torn_title(text: str) -> bool:
    """Whether a line holds what a stamp left of a form's title: 部门（单位）支出目标.

    Its characters stand in the title's order, at least half of them, and they name the topic.
    """
    folded = _BRACKETS.sub("", fold(text))
    if len(folded) < _LEAST_LEFT or not _TOPIC.search(folded):
        return False
    titles = (_BRACKETS.sub("", fold(title)) for form in form_definitions() for title in form.titles)
    return any(2 * len(folded) >= len(title) and _in_order(folded, title) for title in titles)


def _in_order(characters: str, title: str) -> bool:
    rest = iter(title)
    return all(character in rest for character in characters)


@lru_cache(maxsize=1024)
def _nearest_forms(folded: str) -> frozenset[str]:
    """The forms that have the title nearest to the end of `folded`; none when none is near."""
    folded = _BEHIND.sub("", folded)
    best, found = _LONG_TITLE, set[str]()
    for form in form_definitions():
        for printed in form.titles:
            edits = _edits_at_end(folded, fold(printed))
            if edits is None or edits > best:
                continue
            found = {form.name} if edits < best else found | {form.name}
            best = edits
    return frozenset(found)


def _edits_at_end(folded: str, title: str) -> int | None:
    """Edits between `title` and the end of `folded`; None when they are too many."""
    limit = 2 if len(title) >= _LONG_TITLE else 1
    if len(folded) < len(title) - limit:
        return None
    ends = {folded[-length:] for length in range(len(title) - limit, len(title) + limit + 1)}
    best = min(Levenshtein.distance(end, title, score_cutoff=limit) for end in ends)
    return best if best <= limit else None
