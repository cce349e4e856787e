"""The second reader on a whole scan: what it can read is read, what it cannot is marked, nothing stays."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import goaltables
from goaltables.errors import DependencyMissing
from goaltables.extractors.engines import build_engine

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SIGNS = frozenset("≥≤=<>%")


def children() -> set[int]:
    """Processes started by this one that are still there."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        found |= {int(pid) for pid in (task / "children").read_text("ascii").split()}
    return found


@pytest.mark.tesseract
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="processes are looked for in /proc")
def test_names_are_read_every_sign_is_marked_and_no_process_stays() -> None:
    try:
        build_engine("tesseract")
    except DependencyMissing:
        pytest.skip("tesseract with chi_sim is not installed")
    before = children()
    document = goaltables.digitize(os.fspath(FIXTURES / "documents" / "seed_scan.pdf"), ocr="tesseract")
    truth = json.loads((FIXTURES / "expected" / "seed_scan.pdf.json").read_text("utf-8"))
    read = [indicator for table in document.tables for indicator in table.indicators]
    printed = [indicator for table in truth["tables"] for indicator in table["indicators"]]
    assert len(read) == len(printed)
    right = [one.name == other["name"] for one, other in zip(read, printed, strict=True)]
    assert sum(right) >= 0.9 * len(right)
    for indicator, other in zip(read, printed, strict=True):
        if SIGNS & set(other["value_text"]):
            assert "operator-unreadable" in indicator.reasons
            assert indicator.needs_review
    assert children() == before
