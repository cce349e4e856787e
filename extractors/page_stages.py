"""What the stages of one page made on the way to its reading, for people to look at.

The functions that read a page make this record and hand on its `reading`: what a person is shown is what
happened, and a page is read the same whether somebody looks or not.
"""

from __future__ import annotations

from dataclasses import dataclass

from goaltables.extractors.picture.rectify import UprightPage
from goaltables.records import Box, PageReading, PageTable, TextLine


@dataclass(frozen=True, slots=True)
class PageStages:
    """One page, stage by stage.

    `rules` (thin boxes around the stretches of rules that were seen), `tables` and `lines` are where they
    were found: in px of the `upright` picture, or in units of the page as displayed where there is none
    because a text layer was read. Tables and lines stand in the order of the reading's.
    """

    reading: PageReading
    rules: tuple[Box, ...]
    tables: tuple[PageTable, ...]
    lines: tuple[TextLine, ...]
    upright: UprightPage | None = None


def stages_of_text(reading: PageReading, rules: tuple[Box, ...] = ()) -> PageStages:
    """The stages of a page that was read by its text: everything was found on the page itself."""
    return PageStages(reading, rules, reading.tables, reading.lines)
