"""What the tests of several folders share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_server import programs, running_server
from s3_server import running_s3

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


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL of our own."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install '.[postgres]'")
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with running_server(folder) as url:
        yield url


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The endpoint of an S3 of our own, which is also the one this process and its children talk to."""
    pytest.importorskip("s3fs", reason="s3fs is not installed: pip install '.[s3]'")
    pytest.importorskip("moto", reason="moto is not installed: pip install '.[dev]'")
    keys = {
        "AWS_ACCESS_KEY_ID": "tester",
        "AWS_SECRET_ACCESS_KEY": "tester",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with running_s3() as endpoint, pytest.MonkeyPatch.context() as patch:
        for name, value in {**keys, "AWS_ENDPOINT_URL": endpoint}.items():
            patch.setenv(name, value)
        yield endpoint
