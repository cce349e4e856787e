"""What the decisions say about a document as it was read now: each chain is led to its item, if there is one.

A chain belongs to the item of its role at its place. The same machine text: the decision counts. Another one:
the item shows the decision as made against a text that changed, and nothing is applied. No item at its place:
the chain is an orphan, listed until somebody looks at it. So a better reading tomorrow neither loses a
decision nor is silently overruled by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from goaltables.pipeline.review.decisions import Action, Chain, Decision, chains_of
from goaltables.pipeline.review.items import Item
from goaltables.records import Box

# Of two boxes, shared: less is another cell.
SAME_PLACE = 0.5


class Status(StrEnum):
    """How far a text has come."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    UNREADABLE = "unreadable"
    FLAGGED = "flagged"
    CHANGED = "changed"  # decided, but the machine now reads something else
    DISPUTED = "disputed"  # two people decided differently, and neither saw the other's decision


DECIDED = frozenset({Status.ACCEPTED, Status.CORRECTED, Status.UNREADABLE})
_STATUS = {
    Action.ACCEPT: Status.ACCEPTED,
    Action.CORRECT: Status.CORRECTED,
    Action.ALTERNATIVE: Status.CORRECTED,
    Action.UNREADABLE: Status.UNREADABLE,
    Action.FLAG: Status.FLAGGED,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """An item with what people decided. `head` is the last decision of its chain (also an undo), which the
    next one follows; `decision` is the one that counts, or waits to be looked at again.
    """

    item: Item
    status: Status
    head: Decision | None = None
    decision: Decision | None = None

    @property
    def text(self) -> str | None:
        """What the record shall say; None: nobody can read it."""
        if self.decision is None or self.status in (Status.CHANGED, Status.DISPUTED):
            return self.item.machine
        return self.decision.after

    @property
    def is_decided(self) -> bool:
        return self.status in DECIDED


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A document's items with their decisions, and the decisions whose place is gone."""

    standings: tuple[Standing, ...]
    orphans: tuple[Decision, ...]


def stand(items: Sequence[Item], decisions: Sequence[Decision]) -> Reviewed:
    """Lead the decisions about a document's bytes to its items."""
    found: dict[str, list[tuple[Chain, bool]]] = {}
    orphans: list[Decision] = []
    for chain in chains_of(decisions):
        home = _home(items, chain.head)
        if home is None:
            if chain.standing is not None:
                orphans.append(chain.standing)
            continue
        item, has_role = home
        found.setdefault(item.key, []).append((chain, has_role))
    return Reviewed(tuple(_standing(item, found.get(item.key, ())) for item in items), tuple(orphans))


def _home(items: Sequence[Item], decision: Decision) -> tuple[Item, bool] | None:
    """The item that a decision is about, and whether it still has the decision's role."""
    same_role = [i for i in items if (i.role, i.label) == (decision.role, decision.label)]
    for candidates, has_role in ((same_role, True), (items, False)):
        near = [(_nearness(i, decision), i) for i in candidates]
        best = max((score for score, _ in near), default=0.0)
        if best >= SAME_PLACE:
            nearest = [i for score, i in near if score > best - 1e-6]
            return next((i for i in nearest if i.machine == decision.machine), nearest[0]), has_role
    return None


def _nearness(item: Item, decision: Decision) -> float:
    """Shared area over the area of both; texts without a cell are told by their table."""
    if decision.box is None or item.box is None:
        return float(not decision.box and not item.box and item.table_id == decision.table)
    if item.page != decision.page:
        return 0.0
    one, other = Box(*item.box), Box(*decision.box)
    shared = one.overlap(other)
    whole = one.area + other.area - shared
    return shared / whole if whole else float(one == other)


def _standing(item: Item, chains: Sequence[tuple[Chain, bool]]) -> Standing:
    """What the chains that were led to one item say together: usually there is one."""
    if not chains:
        return Standing(item, Status.PENDING)
    chain, has_role = max(chains, key=lambda found: (found[0].standing is not None, found[0].head.at))
    decision = chain.standing
    if decision is None:
        return Standing(item, Status.PENDING, chain.head)
    others = [c.standing for c, role in chains if c is not chain and role and c.standing is not None]
    if has_role and any(other.after != decision.after for other in others if other.machine == item.machine):
        return Standing(item, Status.DISPUTED, chain.head, decision)
    if not has_role or decision.machine != item.machine:
        return Standing(item, Status.CHANGED, chain.head, decision)
    return Standing(item, _STATUS[decision.action], chain.head, decision)
