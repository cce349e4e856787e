"""The inputs under a folder of this machine.

Nothing outside the given folder is read: links to files are followed only when they end inside it, links to
folders never. What has the name of a document and cannot be read (a pipe, a link that leads out) is an input
with a `problem`, and ends as a failed record.
"""

# File names are bytes here, and pathlib knows only text.
# ruff: noqa: PTH110, PTH112, PTH116, PTH119

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from goaltables.errors import UsageError
from goaltables.pipeline.batch.record_names import record_name, shown_path
from goaltables.pipeline.batch.remote import is_url
from goaltables.pipeline.batch.sources.input_file import HEAD_BYTES, files_at
from goaltables.pipeline.batch.sources.inputs import (
    DUMP_SAMPLE_BYTES,
    Input,
    begins_like_a_document,
    is_hidden,
    is_named_like_a_document,
    is_named_like_a_dump,
    kind_of,
)
from goaltables.pipeline.messages import reason, say

Place = tuple[int, int]  # device and inode


@dataclass(slots=True)
class _Search:
    """What a search needs to know on its way down, and what it leaves out."""

    root: bytes
    real_root: bytes
    out: Place | None
    left_out: Counter[str]
    seen: set[Place] = field(default_factory=set)


def search_path(root: bytes, out: str, left_out: Counter[str], *, is_alone: bool) -> Iterator[Input]:
    """The inputs at an absolute path: the file itself, or those of the folder to its bottom.

    Raises UsageError: it cannot be read, or is OUT.
    """
    try:
        found = os.stat(root)
    except OSError as error:
        raise UsageError(say("input-unreadable", path=shown_path(root), reason=reason(error))) from error
    if not stat.S_ISDIR(found.st_mode):
        name = os.path.basename(root)
        # Whoever names a link means the file behind it.
        yield Input(os.path.realpath(root), shown_path(name), record_name(name))
        return
    place_of_out = None if is_url(out) else _place(os.fsencode(out))
    if (found.st_dev, found.st_ino) == place_of_out:
        raise UsageError(say("input-is-output", path=shown_path(root)))
    search = _Search(root, os.path.realpath(root), place_of_out, left_out)
    try:
        yield from _search(root, b"" if is_alone else os.path.basename(root), search)
    except OSError as error:
        raise UsageError(say("input-unreadable", path=shown_path(root), reason=reason(error))) from error


def _place(path: bytes) -> Place | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


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
            if is_hidden(entry.name):
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
    path, problem = entry.path, None
    if entry.is_symlink():
        if os.path.isdir(entry.path):
            search.left_out["link to a folder"] += 1
            return
        path, problem = _follow(entry.path, search)
    elif not entry.is_file(follow_symlinks=False):
        problem = "this is not a regular file (a pipe, device or socket)"
    if is_named_like_a_document(entry.name) or (problem is None and _begins_like_one(path, entry.name)):
        yield Input(path, shown_path(relative), record_name(relative), problem)
    else:
        search.left_out[kind_of(entry.name)] += 1


def _follow(link: bytes, search: _Search) -> tuple[bytes, str | None]:
    target = os.path.realpath(link)
    if not os.path.exists(target):
        return link, "the link leads nowhere"
    if not target.startswith(search.real_root.rstrip(b"/") + b"/"):
        return link, "the link leads out of the given folder; give its target as an input of its own"
    return target, None


def _begins_like_one(path: bytes, name: bytes) -> bool:
    is_text = is_named_like_a_dump(name)
    head = files_at(path).head(path, DUMP_SAMPLE_BYTES if is_text else HEAD_BYTES)
    return begins_like_a_document(head, is_text=is_text)
