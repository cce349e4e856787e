"""From Python: one document in this process, and the four names of the package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from mock_reader import mock_reader, script

import goaltables
from goaltables.document import Document
from goaltables.errors import UsageError
from goaltables.pipeline import api


@pytest.fixture(autouse=True)
def mocked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "stages_reader", lambda: mock_reader)


def put(folder: Path, content: bytes) -> Path:
    path = folder / "甲.pdf"
    path.write_bytes(content)
    return path


def test_a_file_becomes_a_document(tmp_path: Path) -> None:
    document = goaltables.digitize(put(tmp_path, script(names=["a", "b"])))
    assert (document.status, document.source.path) == ("ok", "甲.pdf")
    assert len(document.tables[0].indicators) == 2


def test_a_text_path_and_options(tmp_path: Path) -> None:
    path = put(tmp_path, script(password="two"))  # noqa: S106
    assert failure(goaltables.digitize(str(path))) == "encrypted"
    document = goaltables.digitize(str(path), passwords=["one", "two"], max_pages=5, ocr="tesseract")
    assert document.engine.config_sha256 != goaltables.digitize(path, passwords=["two"]).engine.config_sha256
    (tmp_path / "p.txt").write_text("two\n")
    assert goaltables.digitize(path, password_file=tmp_path / "p.txt").status == "ok"


def test_what_cannot_be_read_comes_back_as_its_failed_record(tmp_path: Path) -> None:
    assert failure(goaltables.digitize(put(tmp_path, b"no mock"))) == "malformed"
    assert failure(goaltables.digitize(tmp_path / "none.pdf")) == "io"


def failure(document: Document) -> str:
    assert (document.status, document.tables) == ("failed", [])
    assert document.error is not None
    return document.error.error_class


@pytest.mark.parametrize("option", [{"max_page": 3}, {"workers": 2}, {"max_pages": "3"}, {"ocr": "magic"}])
def test_options_that_cannot_be(tmp_path: Path, option: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        goaltables.digitize(put(tmp_path, script()), **option)


def test_the_four_names_and_no_others() -> None:
    assert goaltables.__all__ == ["complete_name", "digitize", "load_records", "parse_value"]
    assert set(goaltables.__all__) <= set(dir(goaltables))
    assert all(callable(getattr(goaltables, name)) for name in goaltables.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        goaltables.nothing  # noqa: B018


def test_importing_the_package_costs_nothing() -> None:
    code = "import sys, goaltables; print(sorted({'pandas', 'cv2', 'pydantic', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
