"""What is printed while a batch runs: one line an event, and nothing a document could smuggle in."""

from __future__ import annotations

import io
import json
import time

import pytest

from goaltables.pipeline.batch.ledgers.entry import Counts
from goaltables.pipeline.batch.progress import (
    BarProgress,
    JsonProgress,
    PlainProgress,
    make_progress,
    printable,
)

OK = Counts("ok", None, 1, 2)
BAD = Counts("failed", "malformed")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("log_format", "stream", "kind"),
    [
        ("text", io.StringIO(), PlainProgress),
        ("text", Terminal(), BarProgress),
        ("json", Terminal(), JsonProgress),
    ],
)
def test_the_progress_fits_the_place(log_format: str, stream: io.StringIO, kind: type) -> None:
    assert isinstance(make_progress(log_format, stream), kind)


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_failures_are_told_and_others_are_not(stream: io.StringIO) -> None:
    progress = make_progress("text", stream)
    progress.begin(3, 7)
    progress.page_done("a.pdf", 1, 2)
    progress.recorded("good.pdf", OK, "")
    progress.recorded("[bold]bad.pdf", BAD, "cut at byte 7")
    progress.recorded("known.pdf", BAD, "")
    progress.end()
    printed = stream.getvalue()
    assert "failed: [bold]bad.pdf: damaged: cut at byte 7" in printed
    assert "good.pdf" not in printed
    assert "known.pdf" not in printed


def test_json_is_one_object_a_line_whatever_a_document_says() -> None:
    stream = io.StringIO()
    progress = JsonProgress(stream)
    progress.begin(1, 0)
    progress.page_done("a.pdf", 1, 2)
    progress.recorded("a.pdf", BAD, 'x\n{"event": "forged"}')
    progress.log("error", "\x1b[31m" + "y" * 10_000)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["begin", "page", "document", "log"]
    assert lines[2]["class"] == "malformed"
    assert len(lines[3]["text"]) == 4000
    assert "\x1b" not in stream.getvalue()


def test_plain_lines_hold_no_terminal_commands_and_no_forged_line() -> None:
    stream = io.StringIO()
    progress = PlainProgress(stream)
    progress.recorded("a.pdf", BAD, "x\x1b[2J\nfailed: b.pdf: forged")
    progress.log("error", "y\x1b]0;title\x07")
    printed = stream.getvalue()
    assert "\x1b" not in printed
    assert "\x07" not in printed
    assert [line for line in printed.splitlines() if line.startswith("failed: b.pdf")] == []


def test_printable_keeps_text_and_shows_the_rest() -> None:
    assert printable("绩效\t目标\u202e") == "绩效\\t目标\\u202e"


def test_the_pace_tells_pages_a_second_and_the_time_that_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    stream = io.StringIO()
    plain = PlainProgress(stream)
    plain.begin(4, 0)
    for page in range(1, 5):
        plain.page_done("a.pdf", page, 5)
    now = 20.0
    plain.page_done("a.pdf", 5, 5)
    plain.recorded("a.pdf", OK, "")
    now = 40.0
    plain.recorded("b.pdf", OK, "")
    assert stream.getvalue().splitlines()[1:] == [
        "0/4 documents, 0.2 pages/s",
        "2/4 documents, 0.1 pages/s, about 0:00:40 left",
    ]
