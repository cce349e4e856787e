"""Every way a reader can end becomes a record, or stops the batch for a reason that is no document's."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from mock_reader import mock_reader, script

from goaltables.document import Document
from goaltables.errors import DependencyMissing
from goaltables.pipeline.batch.failure import UNKNOWN_MEDIA_TYPE
from goaltables.pipeline.batch.reading import Outcome, read_record, stages_reader
from goaltables.pipeline.page_outcome import MEMORY_MESSAGE, Failure, failure_of
from goaltables.pipeline.settings import ReadSettings


def read(folder: Path, content: bytes, settings: ReadSettings | None = None) -> Outcome:
    path = folder / "a.pdf"
    path.write_bytes(content)
    return read_record(os.fsencode(path), "shown.pdf", settings or ReadSettings(), mock_reader)


@pytest.mark.parametrize(
    ("actions", "error_class"),
    [
        ({"raise": "MemoryError"}, "limit"),
        ({"raise": "RecursionError"}, "malformed"),
        ({"raise": "ValueError"}, "internal"),
        ({"password": "x"}, "encrypted"),
    ],
)
def test_what_a_reader_raises_becomes_a_class(
    tmp_path: Path, actions: dict[str, Any], error_class: str
) -> None:
    outcome = read(tmp_path, script(**actions))
    document = outcome.document
    assert document.error is not None
    assert document.error.error_class == error_class
    assert (document.status, document.source.path, document.tables) == ("failed", "shown.pdf", [])
    assert document.source.media_type == "application/pdf"
    assert document.source.bytes == len(script(**actions))
    assert bool(outcome.trace) == (error_class == "internal")
    assert Document.model_validate_json(document.to_json()) == document


def test_a_file_that_is_too_large_has_a_record_without_a_hash(tmp_path: Path) -> None:
    document = read(tmp_path, b"x" * 2000, ReadSettings(max_megabytes=0.001)).document
    assert document.error is not None
    assert document.error.error_class == "limit"
    assert (document.source.sha256, document.source.media_type) == ("", UNKNOWN_MEDIA_TYPE)


def test_a_bug_names_its_place_and_no_path(tmp_path: Path) -> None:
    document = read(tmp_path, script(**{"on make": {"raise": "ValueError"}})).document
    assert document.error is not None
    assert document.error.message.startswith("ValueError in goaltables.pipeline.batch.reading.")
    assert "/" not in document.error.message


def test_a_library_that_is_missing_is_told_and_a_bug_of_ours_is_not_called_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "goaltables.pipeline.stages", raising=False)
    monkeypatch.setitem(sys.modules, "goaltables.extractors.open_document", None)
    with pytest.raises(ImportError):
        stages_reader()

    class Absent:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "goaltables.pipeline.stages":
                raise ModuleNotFoundError("No module named 'cv2'", name="cv2")

    monkeypatch.setattr(sys, "meta_path", [Absent(), *sys.meta_path])
    monkeypatch.delitem(sys.modules, "goaltables.pipeline.stages", raising=False)
    with pytest.raises(DependencyMissing, match="cv2"):
        stages_reader()


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError(
            "OpenCV(4.14.0) alloc.cpp:73: error: (-4:Insufficient memory) Failed to allocate 9 bytes"
        ),
        RuntimeError("[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : std::bad_alloc"),
        MemoryError(),
    ],
)
def test_a_library_that_gets_no_memory_met_a_limit_and_is_no_bug(error: Exception) -> None:
    assert failure_of(error) == Failure("limit", MEMORY_MESSAGE)
