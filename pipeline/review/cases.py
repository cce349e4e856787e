"""A document on the desk: its record, the decisions laid over it, and what every text of it needs.

`Case` is what the desk works on; `Tally` is what the queue shows of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from goaltables.document import Document
from goaltables.pipeline.review.agreement import is_drawn
from goaltables.pipeline.review.decisions import Decision
from goaltables.pipeline.review.items import CELL_ROLE, FULL_NAME_ROLE, Item, items_of
from goaltables.pipeline.review.needs import Need, Needs, needs_now, weight
from goaltables.pipeline.review.overlay import ReviewedDocument, lay_over
from goaltables.pipeline.review.standing import Standing, Status


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """What is asked about: texts under the confidence `below`, and a `share` of the sure ones."""

    below: float = 0.9
    share: float = 0.02


@dataclass(frozen=True, slots=True)
class TableTally:
    """What a table needs: `waiting` texts of the `queued` ones, weighing `weight`."""

    id: str
    title: str
    weight: int
    waiting: int
    queued: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What a document needs. Of its `sure` texts `drawn` are in the sample, `checked` of those are decided
    and `wrong` of them were corrected. `orphans` are decisions whose place is gone.
    """

    tables: tuple[TableTally, ...]
    orphans: int
    sure: int
    drawn: int
    checked: int
    wrong: int

    @property
    def weight(self) -> int:
        return sum(table.weight for table in self.tables) + self.orphans

    @property
    def waiting(self) -> int:
        return sum(table.waiting for table in self.tables)

    @property
    def queued(self) -> int:
        return sum(table.queued for table in self.tables)


class Case:
    """One document with its decisions. Nothing in it changes: a new decision makes a new case."""

    def __init__(
        self, document: Document, items: Sequence[Item], decisions: Sequence[Decision], settings: DeskSettings
    ) -> None:
        self.machine = document
        self.items = tuple(items)
        self.decisions = tuple(decisions)
        self.settings = settings

    @classmethod
    def of(cls, document: Document, decisions: Sequence[Decision], settings: DeskSettings) -> Case:
        return cls(document, items_of(document), decisions, settings)

    def with_decisions(self, decisions: Sequence[Decision]) -> Case:
        """The same document with other decisions."""
        return Case(self.machine, self.items, decisions, self.settings)

    @cached_property
    def reviewed(self) -> ReviewedDocument:
        return lay_over(self.machine, self.items, self.decisions)

    @cached_property
    def by_key(self) -> Mapping[str, Standing]:
        return {standing.item.key: standing for standing in self.reviewed.standings}

    @cached_property
    def _needs(self) -> Needs:
        return Needs(self.reviewed.document, self.settings.below)

    def doubts(self, item: Item) -> tuple[Need, ...]:
        """What the reading itself gives reason to ask, whatever was decided."""
        return Needs(self.machine, self.settings.below).of(item)

    def is_sampled(self, item: Item) -> bool:
        """Whether a sure text is in the agreement sample."""
        return _is_published(item) and is_drawn(self.machine.source.sha256, item.key, self.settings.share)

    @cached_property
    def needs(self) -> Mapping[str, tuple[Need, ...]]:
        """What each text needs as things stand, by the key of its item.

        Sums are asked of the corrected document: a digit put right frees the other amounts of its sum.
        """
        return {
            s.item.key: needs_now(s, self._needs.of(s.item), is_sampled=self.is_sampled(s.item))
            for s in self.reviewed.standings
        }

    @cached_property
    def tally(self) -> Tally:
        standings = self.reviewed.standings
        doubted = {s.item.key for s in standings if self.doubts(s.item)}
        sure = [s for s in standings if _is_published(s.item) and s.item.key not in doubted]
        drawn = [s for s in sure if self.is_sampled(s.item)]
        checked = [s for s in drawn if s.status in (Status.ACCEPTED, Status.CORRECTED)]
        return Tally(
            tables=tuple(self._table_tallies(doubted | {s.item.key for s in drawn})),
            orphans=len(self.reviewed.orphans),
            sure=len(sure),
            drawn=len(drawn),
            checked=len(checked),
            wrong=sum(s.status is Status.CORRECTED for s in checked),
        )

    def _table_tallies(self, asked: set[str]) -> Iterator[TableTally]:
        for number, table in enumerate(self.reviewed.document.tables):
            own = [s for s in self.reviewed.standings if s.item.table == number]
            waiting = [s for s in own if self.needs[s.item.key]]
            decided = [s for s in own if s.is_decided and s.item.key in asked]
            yield TableTally(
                id=table.id,
                title=table.project or table.organization or table.title or "",
                weight=sum(weight(self.needs[s.item.key]) for s in waiting),
                waiting=len(waiting),
                queued=len(waiting) + len(decided),
            )


def _is_published(item: Item) -> bool:
    """Whether a text is the machine's reading of something that the dataset holds."""
    return item.role not in (CELL_ROLE, FULL_NAME_ROLE)
