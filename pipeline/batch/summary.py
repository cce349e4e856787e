"""What a run did: for people at its end, for programs as JSON, and as its exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from goaltables.pipeline.batch.ledgers.entry import Counts


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did and what its inputs hold.

    `ok`, `partial`, `failed` (by class) and the sums count every input of this run, read now or before.

    `read`, `copied` (same content as another), `unchanged` say what this run did for them, `new` how many of
    them had no record before; `pages_lost` are pages of partial documents that failed; `waiting` are the
    documents that failed in an earlier run and were not tried again; `gone` are records kept though their
    input is no longer there; `left_out` files no document, by kind; `signum` the signal that stopped the run.
    """

    inputs: int
    read: int
    copied: int
    new: int
    unchanged: int
    ok: int
    partial: int
    failed: Mapping[str, int]
    waiting: tuple[str, ...]
    gone: int
    left_out: Mapping[str, int]
    tables: int
    indicators: int
    needs_review: int
    pages_lost: int
    findings: Mapping[str, int]
    pages: int
    seconds: float
    signum: int | None

    @classmethod
    def of(
        cls,
        counts: Sequence[Counts],
        *,
        inputs: int,
        read: int,
        copied: int,
        new: int,
        unchanged: int,
        waiting: Sequence[str],
        gone: int,
        left_out: Mapping[str, int],
        pages: int,
        seconds: float,
        signum: int | None,
    ) -> RunSummary:
        failed = Counter(c.error_class or "internal" for c in counts if c.status == "failed")
        return cls(
            inputs=inputs,
            read=read,
            copied=copied,
            new=new,
            unchanged=unchanged,
            ok=sum(c.status == "ok" for c in counts),
            partial=sum(c.status == "partial" for c in counts),
            failed=dict(sorted(failed.items())),
            waiting=tuple(waiting),
            gone=gone,
            left_out=left_out,
            tables=sum(c.tables for c in counts),
            indicators=sum(c.indicators for c in counts),
            needs_review=sum(c.needs_review for c in counts),
            pages_lost=sum(c.pages_lost for c in counts),
            findings={
                "error": sum(c.findings_error for c in counts),
                "warning": sum(c.findings_warning for c in counts),
                "info": sum(c.findings_info for c in counts),
            },
            pages=pages,
            seconds=round(seconds, 3),
            signum=signum,
        )

    @property
    def pages_a_second(self) -> float:
        return round(self.pages / self.seconds, 3) if self.seconds else 0.0

    def as_json(self, fail_on: str) -> dict[str, object]:
        """For programs: everything above, the pace, and how the run ended."""
        return {**asdict(self), "pages_a_second": self.pages_a_second, "exit_code": self.exit_code(fail_on)}

    def exit_code(self, fail_on: str) -> int:
        """0 done, 1 `fail_on` was met, 4 documents failed (the graver), 130/143 interrupted."""
        if self.signum is not None:
            return 128 + self.signum
        if self.failed:
            return 4
        severities = {"error": ("error",), "warning": ("error", "warning")}.get(fail_on, ())
        return 1 if any(self.findings[severity] for severity in severities) else 0
