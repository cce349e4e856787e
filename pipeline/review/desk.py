"""The desk: what a page may ask, answered from the records, the review database and the originals.

Nothing here knows of requests or markup; `goaltables.pipeline.review.server` puts it on the wire.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from goaltables.normalizers.text import clean_text
from goaltables.pipeline.review.agreement import Agreement, agreement
from goaltables.pipeline.review.archive import Archive, Entry
from goaltables.pipeline.review.cases import Case, DeskSettings
from goaltables.pipeline.review.decisions import Action, Decision, box_of
from goaltables.pipeline.review.originals import Originals
from goaltables.pipeline.review.picture_request import Request
from goaltables.pipeline.review.pictures import NoPicture, Pictures
from goaltables.pipeline.review.place import Place
from goaltables.pipeline.review.proposals import propose
from goaltables.pipeline.review.standing import Standing
from goaltables.pipeline.review.store import ReviewStore
from goaltables.pipeline.review.views import Json, document_json, entry_json, table_json

PAGE_DPI: Final = 150.0
CROP_DPI: Final = 300.0
# Around a cell that is shown by itself, of its height.
CROP_MARGIN: Final = 0.15
MOST_LISTED: Final = 300


class NotThere(Exception):
    """There is no such document, table, text or page."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to be decided about a text: `seen` is the last decision they saw, if any."""

    key: str
    action: Action
    text: str | None = None
    seen: str | None = None
    note: str = ""


class Desk:
    """The desk of one OUT. Safe to use from several threads; close it when done."""

    def __init__(self, place: Place, settings: DeskSettings) -> None:
        """Open the review database. Raises OutputError."""
        self.place = place
        self.store = ReviewStore(place.out)
        self.archive = Archive(place.out, self.store, settings)
        self.originals = Originals(place.out, place.inputs)
        self._pictures = Pictures(place.reading)

    def start(self) -> None:
        self.archive.start()

    def close(self) -> None:
        self.archive.close()
        self._pictures.close()
        self.store.close()

    # -------------------------------------------------------------------------------------------- looking

    def queue(self, wanted: str = "", *, only_waiting: bool = True) -> Json:
        """The documents, those that need a person most first, and who did how much.

        `wanted` is a part of a path or of a table's title. At most `MOST_LISTED` documents are listed.
        """
        entries, left = self.archive.entries()
        found = [e for e in entries if (not only_waiting or _waits(e)) and _says(e, wanted.casefold())]
        taken = self.store.taken()
        return {
            "documents": [entry_json(e, taken.get(e.sha256, ())) for e in found[:MOST_LISTED]],
            "more": max(0, len(found) - MOST_LISTED),
            "known": len(entries),
            "left": left,
            "wanted": wanted,
            "only_waiting": only_waiting,
            "waiting": sum(entry.tally.waiting for entry in entries),
            "queued": sum(entry.tally.queued for entry in entries),
            "people": self.store.people(),
        }

    def agreement(self) -> Agreement:
        """How often the machine is wrong where it is sure, as far as was checked."""
        tallies = [entry.tally for entry in _once(self.archive.entries()[0])]
        return agreement(
            sure=sum(tally.sure for tally in tallies),
            drawn=sum(tally.drawn for tally in tallies),
            checked=sum(tally.checked for tally in tallies),
            wrong=sum(tally.wrong for tally in tallies),
        )

    def next_document(self, after: str) -> str | None:
        """The document that needs a person most, another than `after`, not taken when there is a choice."""
        entries = [e for e in self.archive.entries()[0] if e.tally.waiting and e.sha256 != after]
        taken = self.store.taken()
        free = [entry for entry in entries if entry.sha256 not in taken]
        return next((entry.sha256 for entry in (*free, *entries)), None)

    def case(self, sha256: str) -> Case:
        """Raises NotThere."""
        case = self.archive.case(sha256)
        if case is None:
            raise NotThere(sha256)
        return case

    def document(self, sha256: str) -> Json:
        return document_json(self.case(sha256))

    def table(self, sha256: str, number: int) -> Json:
        case = self.case(sha256)
        if not 0 <= number < len(case.machine.tables):
            raise NotThere(number)
        return table_json(case, number)

    def presence(self, sha256: str, session: str, by: str) -> Json:
        """Say that somebody works on a document; who else does, and how many decisions there are now."""
        return {
            "taken": self.store.take(sha256, session, by),
            "version": len(self.store.decisions(sha256)),
        }

    # ------------------------------------------------------------------------------------------- deciding

    def decide(self, sha256: str, wish: Wish, by: str) -> Json:
        """Keep a decision; the texts of its table that are different now.

        Raises NotThere, Superseded (of somebody else's decision).
        """
        before = self.case(sha256)
        standing = _standing(before, wish.key)
        self.store.add(self._decision(before, standing, wish, by))
        after = self.case(sha256)
        self.archive.decided(after)
        if standing.item.role.endswith("name"):
            propose(self.place.out, after)
        return changes_json(before, after, standing.item.table)

    def preview(self, sha256: str, key: str, text: str) -> Json:
        """What the table would say if a text were corrected so. Nothing is kept."""
        before = self.case(sha256)
        standing = _standing(before, key)
        wish = Wish(key, Action.CORRECT, text, standing.head.uid if standing.head else None)
        decision = self._decision(before, standing, wish, "preview")
        after = before.with_decisions([*before.decisions, decision])
        return changes_json(before, after, standing.item.table)

    def withdraw(self, sha256: str, uid: str, by: str) -> Json:
        """Withdraw a decision whose place is gone. Raises NotThere, Superseded."""
        case = self.case(sha256)
        orphan = next((d for d in case.reviewed.orphans if d.uid == uid), None)
        if orphan is None:
            raise NotThere(uid)
        update = {"uid": uuid.uuid4().hex, "follows": uid, "at": now(), "by": by, "action": Action.UNDO}
        self.store.add(orphan.model_copy(update=update))
        after = self.case(sha256)
        self.archive.decided(after)
        return document_json(after)

    def _decision(self, case: Case, standing: Standing, wish: Wish, by: str) -> Decision:
        item = standing.item
        after = {
            Action.ACCEPT: standing.text,
            Action.UNREADABLE: None,
            Action.UNDO: item.machine,
            Action.FLAG: standing.text,
        }.get(wish.action, clean_text((wish.text or "").strip()))
        return Decision(
            uid=uuid.uuid4().hex,
            follows=wish.seen,
            at=now(),
            by=by,
            action=wish.action,
            sha256=case.machine.source.sha256,
            table=item.table_id,
            role=item.role,
            label=item.label,
            page=item.page,
            box=box_of(item),
            machine=item.machine,
            confidence=item.confidence,
            before=standing.text,
            after=after,
            note=wish.note,
            sampled=case.is_sampled(item) and not case.doubts(item),
        )

    # ------------------------------------------------------------------------------------------- pictures

    def picture(self, sha256: str, page: int, crop: tuple[float, float, float, float] | None) -> bytes:
        """The picture of a page, or of a part of it (page units as displayed). Raises NotThere, NoPicture."""
        case = self.case(sha256)
        shown = next((p for p in case.machine.pages if p.page == page), None)
        if shown is None:
            raise NotThere(page)
        record = self.archive.record_of(sha256)
        path = self.originals.path(record, case.machine.source.path) if record is not None else None
        if path is None:
            raise NoPicture("unknown")
        if crop is not None:
            margin = CROP_MARGIN * (crop[3] - crop[1])
            crop = (crop[0] - margin, crop[1] - margin, crop[2] + margin, crop[3] + margin)
        dpi = PAGE_DPI if crop is None else CROP_DPI
        return self._pictures.jpeg(Request(path, sha256, page, shown.rotation % 360, dpi, crop))


def changes_json(before: Case, after: Case, number: int) -> Json:
    """What became different in a table, and everything that is about the table as a whole."""
    old = {item["key"]: item for item in table_json(before, number)["items"]}
    new: dict[str, Any] = table_json(after, number)
    new["keys"] = [item["key"] for item in new["items"]]
    new["items"] = [item for item in new["items"] if old.get(item["key"]) != item]
    return new


def _standing(case: Case, key: str) -> Standing:
    standing = case.by_key.get(key)
    if standing is None:
        raise NotThere(key)
    return standing


def _waits(entry: Entry) -> bool:
    return bool(entry.tally.waiting or entry.tally.orphans or entry.status == "failed")


def _says(entry: Entry, wanted: str) -> bool:
    """Whether the path or a title of a document holds `wanted` (case folded)."""
    return any(
        wanted in text.casefold() for text in (entry.path, *(table.title for table in entry.tally.tables))
    )


def _once(entries: list[Entry]) -> Iterator[Entry]:
    """One entry for each document, however many records have its bytes."""
    return iter({entry.sha256: entry for entry in entries if entry.sha256}.values())


def now() -> str:
    """The time of a decision: UTC, ISO 8601, to the millisecond."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
