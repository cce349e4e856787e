"""The county of an organization and its division code (GB/T 2260), where they are certain.

A county's name stands at the front of its offices' names (特克斯县阔克苏乡人民政府), behind its province or
prefecture, or behind 中共. Counties are renamed and founded: a name counts in the years in which it was in
force (郫县 until 2015, 郫都区 after). And counties share names: 朝阳区 lies in 北京 and in 长春. Then only a
province or prefecture printed beside it decides; without one nothing is guessed:

>>> find_county("特克斯县阔克苏乡人民政府", year=2022)
Division(code='654027', name='特克斯县')
>>> find_county("朝阳区教育局", year=2022) is None
True
>>> find_county("朝阳区教育局", "2022年吉林省项目支出绩效目标表", year=2022).code
'220104'
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from goaltables.normalizers.data import load_rows
from goaltables.normalizers.text import comparison_key

# What may stand in front of a county's name at the beginning of its offices' names (common knowledge).
_OPENINGS = ("中共", "中国共产党", "共青团", "政协", "中国人民政治协商会议", "国家税务总局", "局", "原")
_LONGEST_TEXT = 200
_PROVINCE_ENDINGS = ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")


@dataclass(frozen=True, slots=True)
class Division:
    """A division: its code and its name in the year that was asked for."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class _Term:
    """A name a division bore from one year to another (0 and 9999 where no year is known)."""

    code: str
    name: str
    first: int
    last: int

    def is_in_force(self, year: int | None) -> bool:
        return year is None or self.first <= year <= self.last


@cache
def _terms() -> tuple[_Term, ...]:
    return tuple(
        _Term(row["code"], row["name"], int(row["from"] or 0), int(row["until"] or 9999))
        for row in load_rows("divisions.csv")
    )


@cache
def _counties() -> dict[str, tuple[_Term, ...]]:
    found: dict[str, list[_Term]] = {}
    for term in _terms():
        if not term.code.endswith("00"):
            found.setdefault(term.name, []).append(term)
    return {name: tuple(terms) for name, terms in found.items()}


@cache
def _regions() -> tuple[tuple[str, str], ...]:
    """Names of provinces and prefectures, long and short (新疆), with the first digits of their counties."""
    found = set()
    for term in _terms():
        if term.code.endswith("0000"):
            prefix = term.code[:2]
            found |= {(term.name.removesuffix(ending), prefix) for ending in _PROVINCE_ENDINGS}
        elif term.code.endswith("00"):
            found.add((term.name, term.code[:4]))
    return tuple(sorted((name, prefix) for name, prefix in found if len(name) > 1))


def find_county(organization: str, *beside: str, year: int | None = None) -> Division | None:
    """The county of an organization, None where none is named or several may be meant.

    `beside` are other texts of the table (title, project, fields) that may name the province or prefecture;
    `year` is the table's.
    """
    name = comparison_key(organization)[:_LONGEST_TEXT]
    named = max(_named_counties(name), key=len, default=None)
    if named is None:
        return None
    terms = [term for term in _counties()[named] if term.is_in_force(year)]
    regions = _regions_in(name.replace(named, "\n"), *beside)
    if regions:
        terms = [term for term in terms if term.code.startswith(regions)]
    codes = {term.code for term in terms}
    return Division(terms[0].code, named) if len(codes) == 1 else None


def _named_counties(text: str) -> Iterator[str]:
    longest = max(map(len, _counties()))
    for start in _possible_starts(text):
        for stop in range(start + 2, min(len(text), start + longest) + 1):
            if text[start:stop] in _counties():
                yield text[start:stop]


def _possible_starts(text: str) -> Iterator[int]:
    """Where a county's name may begin: at the start, and behind a region or an opening word."""
    yield 0
    for opening in (*_OPENINGS, *(region for region, _ in _regions())):
        start = text.find(opening)
        if start >= 0:
            yield start + len(opening)


def _regions_in(*texts: str) -> tuple[str, ...]:
    """The code beginnings of all regions that the texts name; the finer ones where both are named."""
    read = "\n".join(comparison_key(text)[:_LONGEST_TEXT] for text in texts)
    found = {prefix for name, prefix in _regions() if name in read}
    finer = {prefix for prefix in found if len(prefix) == 4}
    return tuple(sorted(finer or found))
