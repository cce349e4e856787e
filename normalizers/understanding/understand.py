"""From what was read on the pages of one document to its goal tables.

Tables keep their place: `id` is ``p<page>-<n>``, the n-th goal table that begins on that page (both from
1), so it stays the same whatever else a batch holds. The projects of a wide list count in the order of the
list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from goaltables.document import Finding, GoalTable
from goaltables.normalizers.names.learnt_terms import LearntTerm
from goaltables.normalizers.normalise import normalised
from goaltables.normalizers.understanding.assemble import assemble
from goaltables.normalizers.understanding.goal_table import ReadTable, goal_tables
from goaltables.normalizers.understanding.header_lines import document_organization, printed_year
from goaltables.normalizers.understanding.page_pieces import table_pieces
from goaltables.records import PageReading


@dataclass(frozen=True, slots=True)
class Understanding:
    """The goal tables of a document, and findings that belong to no single table."""

    tables: tuple[GoalTable, ...]
    findings: tuple[Finding, ...]


def understand_document(pages: Sequence[PageReading], learnt: Sequence[LearntTerm] = ()) -> Understanding:
    """The goal tables of the document, in reading order. `learnt`: terms of reviewed documents."""
    return Understanding(normalised(printed_tables(pages), learnt), ())


def printed_tables(pages: Sequence[PageReading]) -> tuple[GoalTable, ...]:
    """The goal tables of the document, in reading order, values and names as printed."""
    return tuple(read.table for read in read_tables(pages))


def read_tables(pages: Sequence[PageReading]) -> tuple[ReadTable, ...]:
    """The same, each with what its cells were read as."""
    found: list[ReadTable] = []
    counts: Counter[int] = Counter()
    year, organization = _document_year(pages), document_organization(pages)
    for joined in assemble(table_pieces(pages)):
        page = joined.pieces[0].page
        for read in goal_tables(joined):
            table = read.table
            start = table.pages[0].page if table.pages else page
            counts[start] += 1
            update = {
                "id": f"p{start}-{counts[start]}",
                "fiscal_year": table.fiscal_year or year,
                "organization": table.organization or organization,
            }
            found.append(ReadTable(table.model_copy(update=update), read.roles))
    return tuple(found)


def _document_year(pages: Sequence[PageReading]) -> int | None:
    """The year a document is about: the one its short lines (cover, titles) name most often."""
    years = [
        year
        for page in pages
        for line in page.lines
        if len(line.text) <= 40 and (year := printed_year(line.text))
    ]
    return max(sorted(set(years)), key=years.count) if years else None
