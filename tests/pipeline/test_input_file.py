"""Reading an input: once, regular files only, and never something that changes under our hands."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from goaltables.errors import LimitExceeded, UnreadableInput
from goaltables.pipeline.batch.sources.input_file import (
    files_at,
    hash_input,
    read_input,
    sniff_media_type,
    stated_size,
)

PLENTY = 10**9


def test_content_hash_and_state_belong_together(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"abc")
    found = read_input(os.fsencode(path), PLENTY)
    assert (found.data, found.sha256) == (b"abc", hashlib.sha256(b"abc").hexdigest())
    assert hash_input(os.fsencode(path), PLENTY) == (found.sha256, found.state)
    assert found.state == files_at(os.fsencode(path)).state(os.fsencode(path))
    assert stated_size(found.state) == 3


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pdf")
    with pytest.raises(UnreadableInput, match="not a regular file"):
        read_input(os.fsencode(tmp_path / "a.pdf"), PLENTY)


@pytest.mark.parametrize("name", ["/dev/zero", "."])
def test_devices_and_folders_are_refused(name: str) -> None:
    with pytest.raises(UnreadableInput, match="not a regular file"):
        read_input(os.fsencode(name), PLENTY)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"secret")
    (tmp_path / "link.pdf").symlink_to("a")
    with pytest.raises(UnreadableInput):
        read_input(os.fsencode(tmp_path / "link.pdf"), PLENTY)


def test_a_file_that_vanished(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="No such file"):
        hash_input(os.fsencode(tmp_path / "gone.pdf"), PLENTY)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"12345")
    for read in (read_input, hash_input):
        with pytest.raises(LimitExceeded, match="max_megabytes"):
            read(os.fsencode(tmp_path / "a.pdf"), 4)


def test_a_file_that_changes_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"first")
    fstat, calls = os.fstat, []

    def overwritten(descriptor: int) -> os.stat_result:
        calls.append(descriptor)
        if len(calls) > 1:
            path.write_bytes(b"longer")
        return fstat(descriptor)

    monkeypatch.setattr(os, "fstat", overwritten)
    with pytest.raises(UnreadableInput, match="changed"):
        read_input(os.fsencode(path), PLENTY)


def test_hashing_stops_when_told(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"1" * 10)
    assert hash_input(os.fsencode(tmp_path / "a.pdf"), PLENTY, lambda: False) is None


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"%PDF-1.4", "application/pdf"),
        (b"\xef\xbb\xbf%PDF-1.4", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"MM\x00*", "image/tiff"),
        (b"PK\x03\x04", None),
        (b"", None),
    ],
)
def test_sniffing(head: bytes, media_type: str | None) -> None:
    assert sniff_media_type(head) == media_type
