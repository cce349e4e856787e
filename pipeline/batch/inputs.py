"""From the given files and folders to the list of inputs, each with the name of its record.

A folder is searched to its bottom. Taken are regular files with the suffix of a document (``.pdf``, ``.png``,
…) and files of any name that begin like one; a ``.pdf`` that is none gets a failed record, because somebody
meant it to be a document. A ``.txt`` is taken when its lines have the shape of table rows: a README.txt is no
failure. Everything else (sources, archives, hidden files, the locks ``~$a.docx`` of Word) is left out
and counted, so that nothing is passed over in silence. A file that is given by name is taken whatever it is.

Nothing outside the given folders is read: links to files are followed only when they end inside the folder,
links to folders never. What has the name of a document and cannot be read (a pipe, a link that leads out)
is an input with a `problem`, and ends as a failed record.
"""

# File names are bytes here, and pathlib knows only text.
# ruff: noqa: PTH100, PTH110, PTH112, PTH116, PTH119, PTH122

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from goaltables.errors import UsageError
from goaltables.extractors.office.dump_text import decode_text, is_dump
from goaltables.pipeline.batch.input_file import FLAGS, HEAD_BYTES, sniff_media_type
from goaltables.pipeline.batch.record_names import record_name, shown_path
from goaltables.pipeline.messages import reason, say

DOCUMENT_SUFFIXES: Final = (
    *(b".pdf", b".png", b".jpg", b".jpeg", b".jpe", b".jfif", b".tif", b".tiff"),
    *(b".docx", b".xlsx"),
)
DUMP_SUFFIX: Final = b".txt"
# A table begins within so much of a text, or the text is no dump.
DUMP_SAMPLE_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read.

    `path` is absolute, as bytes; `shown` is what people and the record see; `record` is the path of its
    record under ``OUT/documents``; `problem` says why the file is not even opened.
    """

    path: bytes
    shown: str
    record: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class InputList:
    """The inputs, sorted by record, the folders that were searched, and what was left out, by kind."""

    inputs: tuple[Input, ...]
    roots: tuple[bytes, ...]
    left_out: Mapping[str, int]


@dataclass(slots=True)
class _Search:
    """What a search needs to know on its way down, and what it leaves out."""

    root: bytes
    real_root: bytes
    out: tuple[int, int] | None
    left_out: Counter[str]
    seen: set[tuple[int, int]] = field(default_factory=set)


def find_inputs(paths: Sequence[Path], out: Path) -> InputList:
    """Every input under `paths`; OUT itself, when it lies inside, is not searched.

    Raises UsageError: a path that does not exist, OUT given as an input, two inputs with one record name.
    """
    if not paths:
        raise UsageError(say("no-input"))
    left_out: Counter[str] = Counter()
    found: dict[str, Input] = {}
    roots = []
    place_of_out = _place(os.fsencode(out.absolute()))
    for path in paths:
        root = os.fsencode(os.path.abspath(path))
        roots.append(root)
        prefix = os.path.basename(root) if len(paths) > 1 else b""
        for item in _inputs_of(root, prefix, place_of_out, left_out):
            _add(found, item)
    inputs = tuple(found[record] for record in sorted(found))
    return InputList(inputs, tuple(roots), dict(sorted(left_out.items())))


def _add(found: dict[str, Input], item: Input) -> None:
    other = found.setdefault(item.record, item)
    # The same file may be reached twice (a folder, and a file in it); that is one input.
    if os.path.realpath(other.path) != os.path.realpath(item.path):
        raise UsageError(
            say(
                "shared-record",
                record=item.record,
                first=shown_path(other.path),
                second=shown_path(item.path),
            )
        )


def _place(path: bytes) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _inputs_of(
    root: bytes, prefix: bytes, out: tuple[int, int] | None, left_out: Counter[str]
) -> Iterator[Input]:
    try:
        found = os.stat(root)
    except OSError as error:
        raise UsageError(say("input-unreadable", path=shown_path(root), reason=reason(error))) from error
    if not stat.S_ISDIR(found.st_mode):
        name = os.path.basename(root)
        # Whoever names a link means the file behind it.
        yield Input(os.path.realpath(root), shown_path(name), record_name(name))
        return
    if (found.st_dev, found.st_ino) == out:
        raise UsageError(say("input-is-output", path=shown_path(root)))
    search = _Search(root, os.path.realpath(root), out, left_out)
    try:
        yield from _search(root, prefix, search)
    except OSError as error:
        raise UsageError(say("input-unreadable", path=shown_path(root), reason=reason(error))) from error


def _search(folder: bytes, prefix: bytes, search: _Search) -> Iterator[Input]:
    """The inputs under a folder, in the order of the names. Raises OSError for `folder` itself."""
    pending = [(folder, prefix)]
    while pending:
        folder, prefix = pending.pop()
        try:
            entries = _entries(folder)
        except OSError as error:
            if folder == search.root:
                raise
            name = prefix + b"/"
            yield Input(
                folder, shown_path(name), record_name(prefix), f"the folder cannot be read: {error.strerror}"
            )
            continue
        below = []
        for entry in entries:
            relative = prefix + b"/" + entry.name if prefix else entry.name
            if entry.name.startswith((b".", b"~$")):
                search.left_out["hidden"] += 1
            elif entry.is_dir(follow_symlinks=False):
                if _is_new_folder(entry, search):
                    below.append((entry.path, relative))
            else:
                yield from _file(entry, relative, search)
        pending.extend(reversed(below))


def _entries(folder: bytes) -> list[os.DirEntry[bytes]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _is_new_folder(entry: os.DirEntry[bytes], search: _Search) -> bool:
    found = entry.stat(follow_symlinks=False)
    place = (found.st_dev, found.st_ino)
    if place == search.out:
        return False
    if place in search.seen:  # a folder mounted inside itself
        search.left_out["folder seen twice"] += 1
        return False
    search.seen.add(place)
    return True


def _file(entry: os.DirEntry[bytes], relative: bytes, search: _Search) -> Iterator[Input]:
    is_named_like_one = entry.name.lower().endswith(DOCUMENT_SUFFIXES)
    path, problem = entry.path, None
    if entry.is_symlink():
        if os.path.isdir(entry.path):
            search.left_out["link to a folder"] += 1
            return
        path, problem = _follow(entry.path, search)
    elif not entry.is_file(follow_symlinks=False):
        problem = "this is not a regular file (a pipe, device or socket)"
    if is_named_like_one or (problem is None and _begins_like_one(path, entry.name)):
        yield Input(path, shown_path(relative), record_name(relative), problem)
    else:
        search.left_out[_kind(entry.name)] += 1


def _follow(link: bytes, search: _Search) -> tuple[bytes, str | None]:
    target = os.path.realpath(link)
    if not os.path.exists(target):
        return link, "the link leads nowhere"
    if not target.startswith(search.real_root.rstrip(b"/") + b"/"):
        return link, "the link leads out of the given folder; give its target as an input of its own"
    return target, None


def _begins_like_one(path: bytes, name: bytes) -> bool:
    """Whether the content is a document's, whatever the name; of a ``.txt`` also whether it is a dump."""
    is_text = name.lower().endswith(DUMP_SUFFIX)
    try:
        descriptor = os.open(path, FLAGS)
    except OSError:
        return False
    try:
        head = os.read(descriptor, DUMP_SAMPLE_BYTES if is_text else HEAD_BYTES)
        if sniff_media_type(head) is not None:
            return True
        text = decode_text(head, is_sample=len(head) == DUMP_SAMPLE_BYTES) if is_text else None
        return text is not None and is_dump(text)
    except OSError:
        return False
    finally:
        os.close(descriptor)


def _kind(name: bytes) -> str:
    """The suffix of a file that is left out, for the count people see."""
    suffix = shown_path(os.path.splitext(name)[1].lower())
    return suffix if 1 < len(suffix) <= 10 else "other"
