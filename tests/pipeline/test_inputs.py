"""Which files are read, and what their records are called: any name, any kind of file, nothing twice."""

# File names are bytes here, and pathlib knows only text.
# ruff: noqa: PTH103, PTH119, PTH120, PTH123

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.errors import UsageError
from goaltables.pipeline.batch.record_names import NAME_BYTES, record_name, shown_path
from goaltables.pipeline.batch.sources.inputs import InputList, find_inputs

PDF = b"%PDF-1.7\n"

plain_names = st.binary(min_size=1, max_size=NAME_BYTES).filter(
    lambda raw: b"/" not in raw and b"\0" not in raw and raw not in (b".", b"..")
)
relative_paths = st.lists(plain_names, min_size=1, max_size=20).map(b"/".join)


def put(path: Path | bytes, content: bytes = PDF) -> None:
    raw = os.fsencode(path)
    os.makedirs(os.path.dirname(raw), exist_ok=True)
    with open(raw, "wb") as stream:
        stream.write(content)


def records(found: InputList) -> list[str]:
    return [item.record for item in found.inputs]


def problems(found: InputList) -> dict[str, str | None]:
    return {item.record: item.problem for item in found.inputs}


@settings(derandomize=True, max_examples=300)
@given(relative_paths)
def test_every_record_name_can_be_written(relative: bytes) -> None:
    parts = record_name(relative).split("/")
    assert parts[-1].endswith(".json")
    assert all(0 < len(os.fsencode(part)) <= NAME_BYTES and part not in (".", "..") for part in parts)
    assert not any(part.endswith(".json") for part in parts[:-1])
    record_name(relative).encode("utf-8")


@settings(derandomize=True, max_examples=300)
@given(relative_paths)
def test_shown_paths_are_printable(relative: bytes) -> None:
    shown = shown_path(relative)
    assert shown
    assert all(character == " " or character.isprintable() or character.isspace() for character in shown)
    assert "\n" not in shown
    assert "\x1b" not in shown


@settings(derandomize=True, max_examples=300)
@given(plain_names, plain_names)
def test_different_names_have_different_records(one: bytes, other: bytes) -> None:
    assert (record_name(one) == record_name(other)) == (one == other)


@pytest.mark.parametrize(
    ("raw", "record", "shown"),
    [
        ("部门/a.pdf".encode(), "部门/a.pdf.json", "部门/a.pdf"),
        (b"-rf.pdf", "-rf.pdf.json", "-rf.pdf"),
        ("🏛 (1).pdf".encode(), "🏛 (1).pdf.json", "🏛 (1).pdf"),
        ("绩效.pdf".encode("gbk"), "绩效.pdf~", "绩效.pdf"),
        (b"\xff\xfe.pdf", "\\xff\\xfe.pdf~", "\\xff\\xfe.pdf"),
        (b"a\nb.pdf", "a_b.pdf~", "a\\nb.pdf"),
        ("a\u202efdp.exe".encode(), "a_fdp.exe~", "a\\u202efdp.exe"),
        (b"x" * 255, "x" * 100, "x" * 255),
        (b"x" * 250, "x" * 250 + ".json", "x" * 250),
        (b"x" * 251, "x" * 100, "x" * 251),
        (b"a.pdf.json/b.pdf", "a.pdf.json~", "a.pdf.json/b.pdf"),
        (b"/".join([b"d" * 200] * 18 + [b"a.pdf"]), "long-path~", "d" * 200),
    ],
)
def test_hostile_names(raw: bytes, record: str, shown: str) -> None:
    assert record_name(raw).startswith(record)
    assert shown_path(raw).startswith(shown)


def test_a_folder_is_searched_to_its_bottom(tmp_path: Path) -> None:
    for name in ("b.pdf", "sub/deep/a.PDF", "sub/c.jpg", "scan.TIFF"):
        put(tmp_path / "in" / name)
    found = find_inputs([tmp_path / "in"], tmp_path / "out")
    assert records(found) == ["b.pdf.json", "scan.TIFF.json", "sub/c.jpg.json", "sub/deep/a.PDF.json"]
    assert found.left_out == {}


def test_what_is_no_document_is_left_out_and_counted(tmp_path: Path) -> None:
    put(tmp_path / "README.md", b"# hello")
    put(tmp_path / "make.py", b"print()")
    put(tmp_path / "data.zip", b"PK\x03\x04")
    put(tmp_path / "README.txt", "说明\n第一行\t第二列\n".encode())
    put(tmp_path / "~$table.docx", b"\x05owner")
    put(tmp_path / ".DS_Store", b"\0")
    put(tmp_path / ".git" / "a.pdf")
    put(tmp_path / "no_suffix", b"\x89PNG\r\n\x1a\n")
    put(tmp_path / "misnamed.pdf", b"<html>")
    put(tmp_path / "empty.pdf", b"")
    found = find_inputs([tmp_path], tmp_path / "out")
    assert records(found) == ["empty.pdf.json", "misnamed.pdf.json", "no_suffix.json"]
    assert found.left_out == {".md": 1, ".py": 1, ".txt": 1, ".zip": 1, "hidden": 3}


def test_office_files_and_dumps_are_taken(tmp_path: Path) -> None:
    rows = "一级指标\t二级指标\t指标值\n\t数量指标\t=3个\n\t质量指标\t=100%\n"
    put(tmp_path / "a.DOCX", b"anything")
    put(tmp_path / "b.xlsx", b"")
    put(tmp_path / "c.txt", rows.encode())
    put(tmp_path / "d.TXT", rows.encode("gb18030"))
    put(tmp_path / "long.txt", (rows + "表" * 400_000).encode())  # the sample ends inside a character
    put(tmp_path / "notes.csv", rows.encode())
    found = find_inputs([tmp_path], tmp_path / "out")
    assert records(found) == ["a.DOCX.json", "b.xlsx.json", "c.txt.json", "d.TXT.json", "long.txt.json"]
    assert found.left_out == {".csv": 1}


def test_a_file_given_by_name_is_taken_whatever_it_is(tmp_path: Path) -> None:
    put(tmp_path / ".notes.txt", b"hello")
    assert records(find_inputs([tmp_path / ".notes.txt"], tmp_path / "out")) == [".notes.txt.json"]


def test_several_folders_put_their_names_first(tmp_path: Path) -> None:
    put(tmp_path / "2023" / "a.pdf")
    put(tmp_path / "2024" / "a.pdf")
    put(tmp_path / "b.pdf")
    found = find_inputs([tmp_path / "2023", tmp_path / "2024", tmp_path / "b.pdf"], tmp_path / "out")
    assert records(found) == ["2023/a.pdf.json", "2024/a.pdf.json", "b.pdf.json"]


def test_a_shared_record_names_both_inputs(tmp_path: Path) -> None:
    put(tmp_path / "x" / "in" / "a.pdf")
    put(tmp_path / "y" / "in" / "a.pdf")
    with pytest.raises(UsageError, match=r"in/a\.pdf\.json.*x/in/a\.pdf.*y/in/a\.pdf"):
        find_inputs([tmp_path / "x" / "in", tmp_path / "y" / "in"], tmp_path / "out")


def test_the_same_folder_twice_is_one_input(tmp_path: Path) -> None:
    put(tmp_path / "in" / "a.pdf")
    assert len(find_inputs([tmp_path / "in", tmp_path / "in"], tmp_path / "out").inputs) == 1


def test_the_output_is_not_an_input(tmp_path: Path) -> None:
    put(tmp_path / "a.pdf")
    put(tmp_path / "out" / "b.pdf")
    assert records(find_inputs([tmp_path], tmp_path / "out")) == ["a.pdf.json"]
    with pytest.raises(UsageError, match="output folder"):
        find_inputs([tmp_path], tmp_path)


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        find_inputs([tmp_path / "none"], tmp_path / "out")


def test_special_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.png"))
        found = find_inputs([tmp_path], tmp_path / "out")
    assert records(found) == ["pipe.pdf.json", "socket.png.json"]
    assert all(problem and "not a regular file" in problem for problem in problems(found).values())
    assert found.left_out == {"other": 1}


def test_links(tmp_path: Path) -> None:
    put(tmp_path / "outside" / "secret.pdf")
    put(tmp_path / "in" / "a.pdf")
    folder = tmp_path / "in"
    (folder / "inside.pdf").symlink_to("a.pdf")
    (folder / "outside.pdf").symlink_to(tmp_path / "outside" / "secret.pdf")
    (folder / "dangling.pdf").symlink_to("nothing")
    (folder / "self.pdf").symlink_to("self.pdf")
    (folder / "loop").symlink_to(".")
    (folder / "away").symlink_to(tmp_path / "outside")
    found = find_inputs([folder], tmp_path / "out")
    told = problems(found)
    assert told["a.pdf.json"] is None
    assert told["inside.pdf.json"] is None
    assert "leads out" in str(told["outside.pdf.json"])
    assert "leads nowhere" in str(told["dangling.pdf.json"])
    assert "leads nowhere" in str(told["self.pdf.json"])
    assert len(told) == 5
    assert found.left_out == {"link to a folder": 2}


def test_a_link_that_is_given_means_the_file_behind_it(tmp_path: Path) -> None:
    put(tmp_path / "a.pdf")
    (tmp_path / "link.pdf").symlink_to("a.pdf")
    (item,) = find_inputs([tmp_path / "link.pdf"], tmp_path / "out").inputs
    assert (item.record, item.path) == ("link.pdf.json", os.fsencode(tmp_path / "a.pdf"))


def test_hostile_names_in_a_real_folder(tmp_path: Path) -> None:
    root = os.fsencode(tmp_path / "in")
    names = ["绩效.pdf".encode("gbk"), b"a\nb.pdf", b"n" * 251 + b".pdf", b"--out.pdf", b"\x1b[31m.pdf"]
    for name in names:
        put(root + b"/" + name)
    found = find_inputs([tmp_path / "in"], tmp_path / "out")
    assert sorted(os.path.basename(item.path) for item in found.inputs) == sorted(names)
    assert len(set(records(found))) == len(names)


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "in" / "a.pdf")
    put(tmp_path / "in" / "locked" / "b.pdf")
    scandir = os.scandir

    def refuse(folder: bytes) -> object:
        if folder.endswith(b"locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    found = find_inputs([tmp_path / "in"], tmp_path / "out")
    assert problems(found) == {
        "a.pdf.json": None,
        "locked.json": "the folder cannot be read: Permission denied",
    }
