"""What may be on a disk after the power fails: a model of a write cache.

A file's data is on the disk only after it was synced, a name only after its folder was. Until then each may
be there or not, and of data that was written a part may be there. The model keeps, beside the disk as
programs see it, what is certain, and makes from both the states that are told apart by what survives:

===========  ====================================================
``least``    only what was synced
``most``     everything
``names``    all names, but of the data only what was synced: new files are empty
``torn``     all names, and of data that was not synced the first half of each write
===========  ====================================================
"""

# Paths are texts here, as the operations name them.
# ruff: noqa: PTH120

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from watched_disk import Operation

VARIANTS = ("least", "most", "names", "torn")


@dataclass
class File:
    """Data as programs see it, as it is certain, and as half of each write would leave it."""

    seen: bytearray = field(default_factory=bytearray)
    certain: bytearray = field(default_factory=bytearray)
    torn: bytearray = field(default_factory=bytearray)


Names = dict[str, File | None]  # path -> file, None for a folder


class Disk:
    """The disk under one folder."""

    def __init__(self, root: Path) -> None:
        """Everything that is there now is certain."""
        self._root = str(root)
        self._seen: Names = {}
        for path in sorted(root.rglob("*")):
            data = path.read_bytes() if path.is_file() else None
            content = None if data is None else File(bytearray(data), bytearray(data), bytearray(data))
            self._seen[str(path)] = content
        self._seen[self._root] = None if root.exists() else File()
        if not root.exists():
            del self._seen[self._root]
        self._certain: Names = dict(self._seen)

    def apply(self, operation: Operation) -> None:
        path, file = operation.path, self._seen.get(operation.path)
        match operation.kind:
            case "create":
                self._seen[path] = File()
            case "mkdir":
                self._seen[path] = None
            case "write" if file is not None:
                _put(file.seen, operation.offset, operation.data)
                _put(file.torn, operation.offset, operation.data[: len(operation.data) // 2])
            case "truncate" if file is not None:
                del file.seen[operation.offset :]
                del file.torn[operation.offset :]
            case "rename":
                self._seen[operation.target] = self._seen.pop(path)
            case "unlink" | "rmdir":
                self._seen.pop(path, None)
            case "sync" if file is not None:
                file.certain[:] = file.seen
                file.torn[:] = file.seen
            case "sync":
                self._keep_names(path)

    def _keep_names(self, folder: str) -> None:
        """A folder was synced: what it holds, and that it holds no more what is gone."""
        for path in {*self._seen, *self._certain}:
            if os.path.dirname(path) == folder:
                if path in self._seen:
                    self._certain[path] = self._seen[path]
                else:
                    self._certain.pop(path, None)

    def states(self) -> Iterator[tuple[str, dict[str, bytes | None]]]:
        """Each variant, and what it leaves: path relative to the folder -> content, None for a folder."""
        for variant in VARIANTS:
            names = self._certain if variant == "least" else self._seen
            yield variant, dict(self._content(names, variant))

    def _content(self, names: Names, variant: str) -> Iterator[tuple[str, bytes | None]]:
        for path, file in sorted(names.items()):
            parents = (parent for parent in _parents(path, self._root))
            if all(parent in names for parent in parents):
                data = (
                    None
                    if file is None
                    else {"most": file.seen, "torn": file.torn}.get(variant, file.certain)
                )
                yield os.path.relpath(path, self._root), None if data is None else bytes(data)


def materialise(state: dict[str, bytes | None], root: Path) -> None:
    """Make a folder of a state."""
    for name, content in sorted(state.items()):
        path = root / name
        if content is None:
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _put(data: bytearray, offset: int, new: bytes) -> None:
    if len(data) < offset:
        data.extend(bytes(offset - len(data)))
    data[offset : offset + len(new)] = new


def _parents(path: str, root: str) -> Iterable[str]:
    while path != root:
        path = os.path.dirname(path)
        yield path
