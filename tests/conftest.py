"""What the tests of several folders share."""

from __future__ import annotations

from pathlib import Path

import pytest

from goaltables.pipeline.cli import run_command

DOCUMENTS = Path(__file__).resolve().parents[1] / "fixtures" / "documents"
# What is read without a recogniser, in seconds; and what cannot be read.
READ_BY_TEXT = (
    *("project_digital.pdf", "seed_digital.pdf", "transfer_evaluation.pdf"),
    *("project_office.docx", "project_office.xlsx", "seed_dump.txt"),
    *("broken.pdf", "empty.pdf", "encrypted.pdf", "not_a_pdf.pdf"),
)


@pytest.fixture(scope="session")
def fixtures_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The OUT of a run over fixtures, with every format of the dataset. Tests only look at it."""
    out = tmp_path_factory.mktemp("fixtures") / "out"
    paths = [str(DOCUMENTS / name) for name in READ_BY_TEXT]
    assert run_command(["digitize", *paths, "--out", str(out), "--workers", "2"]) == 4
    assert run_command(["export", str(out), "--format", "jsonl,parquet,xlsx,sqlite"]) == 0
    return out
