"""Decisions of people about texts: what is kept, and how a chain of them is read.

A decision is never changed or removed. Each names the one that it follows, so that two people who decide
about the same text at the same time are noticed (`ReviewStore.add`), and an undo is a decision like every
other. A decision says where the text stands (page and box, which outlive a new reading of the same bytes
better than row numbers do) and which machine text it was made against.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from goaltables.pipeline.review.items import Item

MOST_CHARACTERS = 20_000
Text = Annotated[str, StringConstraints(max_length=MOST_CHARACTERS)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Uid = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class Action(StrEnum):
    """What a person did with a text."""

    ACCEPT = "accept"  # the machine is right
    CORRECT = "correct"
    ALTERNATIVE = "alternative"  # corrected to one of the alternatives that were offered
    UNREADABLE = "unreadable"  # nobody can read it on this page
    FLAG = "flag"  # a colleague shall look at it
    UNDO = "undo"  # the decision before it is withdrawn


class Decision(BaseModel):
    """One line of the review log, in the database and in the JSONL that is exchanged.

    `before` and `after` are the text of the record before and after the decision; `after` is null for what is
    unreadable. `machine` is the machine text it was made against, `confidence` what the machine said of it.
    `at` is UTC, ISO 8601.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    uid: Uid
    follows: Uid | None = None
    at: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]
    by: Name
    action: Action
    sha256: Sha256
    table: Annotated[str, StringConstraints(max_length=40)]
    role: Annotated[str, StringConstraints(max_length=40)]
    label: Text = ""
    page: Annotated[int, Field(ge=1)] | None = None
    box: Annotated[list[float], Field(min_length=4, max_length=4)] | None = None
    machine: Text
    confidence: float | None = None
    before: Text | None
    after: Text | None
    note: Annotated[str, StringConstraints(max_length=500)] = ""
    sampled: bool = False

    @field_validator("by")
    @classmethod
    def _visible(cls, name: str) -> str:
        if not name.strip() or not name.isprintable():
            raise ValueError("a name is printable text")
        return name

    @property
    def anchor(self) -> str:
        """Where the decision belongs, as one text: equal for two first decisions about the same text."""
        box = " ".join(f"{v:g}" for v in self.box) if self.box else self.table
        return f"{self.sha256} {self.page} {box} {self.role} {self.label}"


def box_of(item: Item) -> list[float] | None:
    """An item's box as decisions keep it."""
    return list(item.box) if item.box else None


class Chain:
    """The decisions about one text, oldest first: never empty, each follows the one before it."""

    def __init__(self, decisions: Sequence[Decision]) -> None:
        self.decisions = tuple(decisions)

    @property
    def head(self) -> Decision:
        """The last decision: the one that the next has to follow."""
        return self.decisions[-1]

    @property
    def standing(self) -> Decision | None:
        """The decision that counts; None when all were withdrawn."""
        kept: list[Decision] = []
        for decision in self.decisions:
            if decision.action is not Action.UNDO:
                kept.append(decision)
            elif kept:
                kept.pop()
        return kept[-1] if kept else None


def chains_of(decisions: Sequence[Decision]) -> list[Chain]:
    """The chains among the decisions about one document.

    Where two decisions follow the same one (two desks that met by import), each ends a chain of its own.
    """
    by_uid = {decision.uid: decision for decision in decisions}
    followed = {decision.follows for decision in decisions}
    chains = []
    for decision in decisions:
        if decision.uid in followed:
            continue
        chain = [decision]
        while (before := by_uid.get(chain[-1].follows or "")) is not None and before not in chain:
            chain.append(before)
        chains.append(Chain(chain[::-1]))
    return chains
