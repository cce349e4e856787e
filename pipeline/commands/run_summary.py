"""The end of a run, for people: how the inputs stand, what was done, what is in them, where to look."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from goaltables.pipeline.batch.remote import is_url
from goaltables.pipeline.messages import failure_label, say

if TYPE_CHECKING:
    from goaltables.pipeline.batch.summary import RunSummary

WAITING_SHOWN: Final = 10  # names of failed documents; documents.csv has them all


def summary_lines(summary: RunSummary, out: str) -> list[str]:
    """The lines, in the chosen language. `out` is as it was given: it comes back in commands to copy."""
    return [
        *_how_inputs_stand(summary),
        *_what_was_done(summary),
        *_what_is_there(summary),
        *_where_to_look(summary, out),
    ]


def _how_inputs_stand(summary: RunSummary) -> Iterator[str]:
    if summary.signum is not None:
        yield say("summary-interrupted")
    failed = sum(summary.failed.values())
    yield say(
        "summary-documents", inputs=summary.inputs, ok=summary.ok, partial=summary.partial, failed=failed
    )
    if summary.failed:
        classes = (
            say("summary-class", count=count, label=failure_label(error_class))
            for error_class, count in summary.failed.items()
        )
        yield say("summary-failed", classes=say("list-separator").join(classes))
    if summary.waiting:
        paths = list(summary.waiting[:WAITING_SHOWN])
        if more := len(summary.waiting) - len(paths):
            paths.append(say("summary-more", count=more))
        yield say("summary-waiting", paths=say("list-separator").join(paths))


def _what_was_done(summary: RunSummary) -> Iterator[str]:
    yield say(
        "summary-work",
        read=summary.read,
        new=summary.new,
        copied=summary.copied,
        unchanged=summary.unchanged,
        pages=summary.pages,
        seconds=f"{summary.seconds:.1f}",
        pace=f"{summary.pages_a_second:.1f}",
    )


def _what_is_there(summary: RunSummary) -> Iterator[str]:
    yield say(
        "summary-content",
        tables=summary.tables,
        indicators=summary.indicators,
        needs_review=summary.needs_review,
    )
    yield say("summary-findings", **summary.findings)
    if summary.pages_lost:
        yield say("summary-pages-lost", count=summary.pages_lost)
    if summary.left_out:
        kinds = say("list-separator").join(f"{count} {kind}" for kind, count in summary.left_out.items())
        yield say("summary-left-out", count=sum(summary.left_out.values()), kinds=kinds)
    if summary.gone:
        yield say("summary-gone", count=summary.gone)


def _where_to_look(summary: RunSummary, out: str) -> Iterator[str]:
    if not summary.inputs:
        yield say("summary-nothing")
    yield say("summary-place", out=out)
    if summary.tables and not is_url(out):  # those who look at OUT want a folder
        yield say("summary-next", out=shlex.quote(out))
