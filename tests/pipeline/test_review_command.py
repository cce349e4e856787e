"""``goaltables review``: its options, its address, its end, and reading a page again with a given grid."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from desk_client import opened_client
from made_record import made_document, write_record

from goaltables.document import Document
from goaltables.errors import UsageError
from goaltables.pipeline.batch.write import hold
from goaltables.pipeline.cli import run_command
from goaltables.pipeline.review.serving import Address
from goaltables.pipeline.review.store import ReviewStore

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "documents"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    write_record(tmp_path, made_document())
    return tmp_path


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command as a process, and the address it printed."""
    command = [sys.executable, "-m", "goaltables", "review", *arguments, "--port", "0", "--lang", "en"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        match = re.search(r"(http\S+)", line)
        assert match, line
        try:
            yield process, match[1]
        finally:
            if process.poll() is None:
                process.kill()


def page_of(url: str) -> str:
    connection = http.client.HTTPConnection(url.removeprefix("http://").split("/")[0], timeout=20)
    connection.request("GET", "/")
    page = connection.getresponse().read().decode()
    connection.close()
    return page


def get(url: str, path: str = "/", host: str | None = None) -> int:
    address = url.removeprefix("http://").split("/")[0]
    connection = http.client.HTTPConnection(address, timeout=20)
    connection.request("GET", path, headers={"Host": host or address})
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_the_desk_serves_on_loopback_and_ends_when_told(out: Path, signum: signal.Signals) -> None:
    with running(str(out)) as (process, url):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", url)
        assert get(url) == 200
        assert get(url, host="evil.example") == 403
        process.send_signal(signum)
        assert process.wait(20) == 0


def test_another_address_asks_for_the_token_it_prints(out: Path) -> None:
    with running(str(out), "--host", "0.0.0.0") as (_, url):  # noqa: S104 - what is tested
        port = url.split(":")[2].split("/")[0]
        token = url.split("token=")[1]
        assert len(token) >= 32
        local = f"http://127.0.0.1:{port}/"
        assert get(local) == 401
        assert get(local, f"/?token={token}") == 303


@pytest.mark.parametrize(
    ("host", "url", "is_loopback"),
    [
        ("127.0.0.1", None, True),
        ("127.9.9.9", None, True),
        ("::1", None, True),
        ("localhost", None, True),
        ("0.0.0.0", None, False),  # noqa: S104
        ("192.0.2.1", None, False),
        ("desk.example", None, False),
        ("127.0.0.1", "https://desk.example", False),  # a proxy leads others to it
    ],
)
def test_only_loopback_needs_no_token(host: str, url: str | None, is_loopback: bool) -> None:
    assert Address(host, 8710, url).is_loopback is is_loopback


@pytest.mark.parametrize("port", [-1, 65536, 99999])
def test_a_port_that_is_none(port: int) -> None:
    with pytest.raises(UsageError, match=f"0 to 65535, not {port}"):
        Address("127.0.0.1", port)


def test_the_desk_opens_in_the_language_it_is_told(out: Path) -> None:
    with running(str(out)) as (_, url):
        assert '<html lang="en">' in page_of(url)


@pytest.mark.parametrize(
    "url", ["desk.example", "ftp://desk.example", "https://", "https://desk.example/path"]
)
def test_an_address_of_a_proxy_is_a_whole_one(url: str) -> None:
    with pytest.raises(UsageError):
        Address("127.0.0.1", 8710, url)


def test_a_port_that_is_taken_is_a_usage_error(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert run_command(["review", str(out), "--port", str(port), "--lang", "en"]) == 2
    assert f"port {port}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["--below", "1.5"], ["--sample", "-0.1"], ["--url", "x"], ["--import-decisions", "nothing.jsonl"]],
)
def test_wrong_options_are_usage_errors(out: Path, arguments: list[str]) -> None:
    assert run_command(["review", str(out), *arguments]) == 2


def test_what_is_no_output_is_a_usage_error(tmp_path: Path) -> None:
    assert run_command(["review", str(tmp_path / "nothing")]) == 2


def test_decisions_go_out_and_come_in(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with opened_client(out) as client:
        sha256 = made_document().source.sha256
        items = client.get(f"/api/documents/{sha256}/tables/0").json()["items"]
        client.post(f"/api/documents/{sha256}/decisions", {"key": items[0]["key"], "action": "accept"})
    file = tmp_path / "decisions.jsonl"
    assert run_command(["review", str(out), "--export-decisions", str(file)]) == 0
    assert len(file.read_text(encoding="utf-8").splitlines()) == 1
    assert run_command(["review", str(out), "--export-decisions", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["action"] == "accept"
    other = tmp_path / "other"
    write_record(other, made_document())
    assert run_command(["review", str(other), "--import-decisions", str(file), "--lang", "en"]) == 0
    assert "1 decisions taken in, 0 were known" in capsys.readouterr().err
    with ReviewStore(other) as store:
        assert len(list(store.all_decisions())) == 1


def test_the_desk_itself_loads_no_reader_of_documents() -> None:
    """What opens hostile files, and what weighs much, stays in other processes."""
    code = "import sys, goaltables.pipeline.review.serving; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"cv2", "pypdfium2", "pdfplumber", "pikepdf", "onnxruntime", "pandas", "openpyxl", "docx", "PIL"}
    assert not heavy & set(done.stdout.split())


# -------------------------------------------------------------------------------------------- given grids


def digitized(folder: Path) -> Path:
    """A digital document, read."""
    inputs = folder / "in"
    inputs.mkdir()
    (inputs / "project.pdf").write_bytes((FIXTURES / "project_digital.pdf").read_bytes())
    out = folder / "out"
    assert run_command(["digitize", str(inputs), "--out", str(out), "--workers", "1"]) == 0
    return out


def record(out: Path) -> Document:
    return Document.model_validate_json((out / "documents" / "project.pdf.json").read_bytes())


def job(client: Any, given: Any) -> str:
    deadline = time.monotonic() + 120
    while (state := client.get(f"/api/jobs/{given['job']}").json())["state"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return str(state["state"])


def test_a_page_is_read_again_as_given_and_so_by_every_run_after(tmp_path: Path) -> None:
    out = digitized(tmp_path)
    before = record(out)
    names = [indicator.name for indicator in before.tables[0].indicators]
    first = before.tables[0].indicators[0].source[0]
    second = before.tables[0].indicators[1].source[0]
    page = f"/api/documents/{before.source.sha256}/pages/{first.page}"
    with opened_client(out) as client:
        (table,) = client.get(f"{page}/grid").json()["read"]
        cells = [{k: c[k] for k in ("row", "col", "rowspan", "colspan", "bbox")} for c in table["cells"]]
        chosen = [[first.row, first.col], [second.row, second.col]]
        step = {"cells": cells, "operation": "merge", "chosen": chosen}
        repaired = client.post(f"{page}/repair", step).json()
        assert len(repaired["cells"]) == len(cells) - 1
        assert client.post(f"{page}/repair", step | {"operation": "rows"}).status == 422
        tables = [
            {
                "bbox": repaired["bbox"],
                "cells": [
                    {k: c[k] for k in ("row", "col", "rowspan", "colspan", "bbox")} for c in repaired["cells"]
                ],
            }
        ]
        with hold(out):
            assert job(client, client.post(f"{page}/grid", {"tables": tables, "seen": 0}).json()) == "later"
        assert client.post(f"{page}/grid", {"tables": tables, "seen": 0}).status == 409
        assert job(client, client.post(f"{page}/grid", {"tables": tables, "seen": 1}).json()) == "done"
        assert len(client.get(f"{page}/grid").json()["given"]) == 1
    after = record(out)
    assert [i.name for i in after.tables[0].indicators][:2] == [names[0] + names[1]] * 2
    assert after.engine.config_sha256 != before.engine.config_sha256
    # A later run finds the record current; without what was given it is read as before.
    inputs = str(tmp_path / "in")
    stamp = (out / "documents" / "project.pdf.json").stat().st_mtime_ns
    assert run_command(["digitize", inputs, "--out", str(out), "--workers", "1"]) == 0
    assert (out / "documents" / "project.pdf.json").stat().st_mtime_ns == stamp
    with opened_client(out) as client:
        assert job(client, client.post(f"{page}/grid", {"tables": [], "seen": 2}).json()) == "done"
    assert record(out) == before


def test_a_grid_of_a_document_that_is_gone_waits_for_the_next_run(tmp_path: Path) -> None:
    document = made_document()
    write_record(tmp_path, document)
    page = f"/api/documents/{document.source.sha256}/pages/1"
    with opened_client(tmp_path) as client:
        drawn = client.post(f"{page}/drawn", {"part": [0.1, 0.1, 0.5, 0.2]}).json()
        assert drawn["bbox"] == [59.5, 84.2, 357.0, 252.6]
        given = client.post(f"{page}/grid", {"tables": [{"bbox": drawn["bbox"]}], "seen": 0}).json()
        assert job(client, given) == "no-original"
        assert client.post(f"{page}/drawn", {"part": [0.1, 0.1, 0, 0.2]}).status == 400
        assert client.get("/api/jobs/unknown").status == 404
        cells = [{"row": 0, "col": 1, "rowspan": 1, "colspan": 1, "bbox": [0, 0, 1, 1]}]
        hole = {"tables": [{"bbox": [0, 0, 1, 1], "cells": cells}], "seen": 1}
        assert client.post(f"{page}/grid", hole).status == 400
