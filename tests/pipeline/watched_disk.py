"""Sees every operation that changes the disk under a folder, Python's and SQLite's, before it happens.

Python's go through ``os``; files that are opened with ``open`` are led there by the standard library's own
Python version of it. SQLite's are seen where SQLite itself tests its crashes: in its layer above the
operating system (a *VFS*), whose functions are replaced while the block lasts.
"""

# Paths are texts here, as the operations name them.
# ruff: noqa: PTH100, PTH110, PTH112, PTH113, PTH115, PTH118, PTH120

from __future__ import annotations

import _pyio  # type: ignore[import-not-found]
import builtins
import ctypes
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

SQLITE_OK, SQLITE_IOERR, SQLITE_FULL = 0, 10, 13
SQLITE_OPEN_CREATE = 0x4


@dataclass(frozen=True)
class Operation:
    """One change: create truncate write sync rename unlink mkdir rmdir. A folder's sync keeps its names."""

    kind: str
    path: str
    target: str = ""
    offset: int = 0
    data: bytes = b""


# Called before each operation. Returns True to let it fail for want of space.
Hook: TypeAlias = Callable[[Operation], bool]


@contextmanager
def watched_disk(root: Path, hook: Hook) -> Iterator[None]:
    """Every operation under `root` passes `hook` while the block lasts."""
    watch = _Watch(str(root), hook)
    with pytest.MonkeyPatch.context() as patch:
        watch.patch_python(patch)
        with watch.patched_sqlite():
            yield


class _Watch:
    def __init__(self, root: str, hook: Hook) -> None:
        self._root = root
        self._hook = hook
        self._keep: list[Any] = []  # what C code calls must not be collected

    def _see(self, kind: str, path: str, **about: Any) -> None:
        if (path + "/").startswith(self._root + "/") and self._hook(Operation(kind, path, **about)):
            raise OSError(28, "No space left on device", path)

    # Python

    def patch_python(self, patch: pytest.MonkeyPatch) -> None:
        real_open, real_write, real_pwrite = os.open, os.write, os.pwrite

        def opened(path: Any, flags: int, *rest: Any, **options: Any) -> int:
            name = _absolute(path, options.get("dir_fd"))
            if flags & os.O_CREAT and not os.path.lexists(name):
                self._see("create", name)
            if flags & os.O_TRUNC and os.path.isfile(name):
                self._see("truncate", name)
            return real_open(path, flags, *rest, **options)

        def written(descriptor: int, data: Any) -> int:
            offset = os.lseek(descriptor, 0, os.SEEK_CUR) if _is_file(descriptor) else 0
            self._see("write", _path_of(descriptor), offset=offset, data=bytes(data))
            return real_write(descriptor, data)

        def written_at(descriptor: int, data: Any, offset: int) -> int:
            self._see("write", _path_of(descriptor), offset=offset, data=bytes(data))
            return real_pwrite(descriptor, data, offset)

        patch.setattr(os, "open", opened)
        patch.setattr(os, "write", written)
        patch.setattr(os, "pwrite", written_at)
        for name in ("fsync", "fdatasync"):
            self._wrap(patch, name, lambda descriptor: ("sync", _path_of(descriptor), {}))
        for name in ("truncate", "ftruncate"):
            self._wrap(patch, name, lambda path, _size: ("truncate", _absolute(path), {}))
        for name in ("rename", "replace"):
            self._wrap(patch, name, lambda a, b: ("rename", _absolute(a), {"target": _absolute(b)}))
        for name in ("unlink", "remove"):
            self._wrap(patch, name, lambda path, dir_fd=None: ("unlink", _absolute(path, dir_fd), {}))
        self._wrap(patch, "mkdir", lambda path, _mode=0o777: ("mkdir", _absolute(path), {}))
        self._wrap(patch, "rmdir", lambda path, dir_fd=None: ("rmdir", _absolute(path, dir_fd), {}))
        native = builtins.open

        def open_file(file: Any, mode: str = "r", *rest: Any, **options: Any) -> Any:
            writes = not set(mode).isdisjoint("wax+")
            return (_pyio.open if writes else native)(file, mode, *rest, **options)

        patch.setattr(builtins, "open", open_file)
        patch.setattr(io, "open", open_file)

    def _wrap(self, patch: pytest.MonkeyPatch, name: str, describe: Callable[..., Any]) -> None:
        original = getattr(os, name)

        def operation(*arguments: Any, **options: Any) -> Any:
            kind, path, about = describe(*arguments, **options)
            if kind != "mkdir" or not os.path.isdir(path):
                self._see(kind, path, **about)
            return original(*arguments, **options)

        patch.setattr(os, name, operation)

    # SQLite

    @contextmanager
    def patched_sqlite(self) -> Iterator[None]:
        vfs = _sqlite_vfs()
        open_was, delete_was = _as_it_is(vfs.contents.xOpen), _as_it_is(vfs.contents.xDelete)
        opened, deleted = X_OPEN(self._sqlite_opens(open_was)), X_DELETE(self._sqlite_deletes(delete_was))
        self._keep += [opened, deleted, open_was, delete_was]
        vfs.contents.xOpen, vfs.contents.xDelete = opened, deleted
        try:
            yield
        finally:
            vfs.contents.xOpen, vfs.contents.xDelete = open_was, delete_was

    def _sqlite_opens(self, original: Any) -> Callable[..., int]:
        def x_open(vfs: Any, name: Any, file: Any, flags: int, out_flags: Any) -> int:
            path = ctypes.string_at(name).decode() if name else ""
            if path and flags & SQLITE_OPEN_CREATE and not os.path.exists(path):
                try:
                    self._see("create", path)
                except OSError:
                    return SQLITE_FULL
            code = int(original(vfs, name, file, flags, out_flags))
            methods = ctypes.cast(file, ctypes.POINTER(ctypes.POINTER(IoMethods)))
            if code == SQLITE_OK and path and methods.contents:
                methods[0] = ctypes.pointer(self._watched_methods(methods.contents.contents, path))
            return code

        return x_open

    def _watched_methods(self, methods: IoMethods, path: str) -> IoMethods:
        """A file's functions with those that change it replaced."""
        own = IoMethods()
        ctypes.pointer(own)[0] = methods
        is_log = path.endswith(("-wal", "-journal"))

        def x_write(file: Any, data: Any, count: int, offset: int) -> int:
            return self._then(
                lambda: methods.xWrite(file, data, count, offset),
                Operation("write", path, offset=offset, data=ctypes.string_at(data, count)),
            )

        def x_truncate(file: Any, size: int) -> int:
            return self._then(lambda: methods.xTruncate(file, size), Operation("truncate", path, offset=size))

        def x_sync(file: Any, flags: int) -> int:
            operations = [Operation("sync", path)]
            if is_log:  # SQLite flushes the folder with the first flush of a log
                operations.append(Operation("sync", os.path.dirname(path)))
            return self._then(lambda: methods.xSync(file, flags), *operations)

        own.xWrite, own.xTruncate, own.xSync = X_WRITE(x_write), X_TRUNCATE(x_truncate), X_SYNC(x_sync)
        self._keep += [own, own.xWrite, own.xTruncate, own.xSync]
        return own

    def _then(self, act: Callable[[], int], *operations: Operation) -> int:
        for operation in operations:
            if self._hook(operation):
                return SQLITE_FULL if operation.kind == "write" else SQLITE_IOERR
        return int(act())

    def _sqlite_deletes(self, original: Any) -> Callable[..., int]:
        def x_delete(vfs: Any, name: Any, sync_folder: int) -> int:
            path = ctypes.string_at(name).decode()
            if os.path.exists(path) and self._hook(Operation("unlink", path)):
                return SQLITE_IOERR
            return int(original(vfs, name, sync_folder))

        return x_delete


def _as_it_is(function: Any) -> Any:
    """A function of a structure, kept: what ctypes gives is a window on the structure's member."""
    return type(function)(ctypes.cast(function, POINTER).value)


def _absolute(path: Any, dir_fd: int | None = None) -> str:
    if isinstance(path, int):
        return _path_of(path)
    name = os.fsdecode(path)
    return os.path.abspath(name if dir_fd is None else os.path.join(_path_of(dir_fd), name))


def _path_of(descriptor: int) -> str:
    return os.readlink(f"/proc/self/fd/{descriptor}")


def _is_file(descriptor: int) -> bool:
    return os.path.isfile(f"/proc/self/fd/{descriptor}")


# From sqlite3.h: the first members of both structures, as they have been since version 3.7.

POINTER = ctypes.c_void_p
X_OPEN = ctypes.CFUNCTYPE(ctypes.c_int, POINTER, POINTER, POINTER, ctypes.c_int, POINTER)
X_DELETE = ctypes.CFUNCTYPE(ctypes.c_int, POINTER, POINTER, ctypes.c_int)
X_WRITE = ctypes.CFUNCTYPE(ctypes.c_int, POINTER, POINTER, ctypes.c_int, ctypes.c_int64)
X_TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, POINTER, ctypes.c_int64)
X_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, POINTER, ctypes.c_int)


class IoMethods(ctypes.Structure):
    """sqlite3_io_methods, version 3."""

    _fields_ = [
        ("iVersion", ctypes.c_int),
        ("xClose", POINTER),
        ("xRead", POINTER),
        ("xWrite", X_WRITE),
        ("xTruncate", X_TRUNCATE),
        ("xSync", X_SYNC),
        ("others", POINTER * 13),
    ]


class Vfs(ctypes.Structure):
    """sqlite3_vfs."""

    _fields_ = [
        ("iVersion", ctypes.c_int),
        ("szOsFile", ctypes.c_int),
        ("mxPathname", ctypes.c_int),
        ("pNext", POINTER),
        ("zName", ctypes.c_char_p),
        ("pAppData", POINTER),
        ("xOpen", X_OPEN),
        ("xDelete", X_DELETE),
    ]


def _sqlite_vfs() -> Any:
    """The default VFS of the SQLite that Python's module is linked to."""
    import _sqlite3

    try:
        find = ctypes.CDLL(_sqlite3.__file__).sqlite3_vfs_find
    except AttributeError:
        pytest.skip("this Python hides the SQLite it carries; its operations cannot be watched")
    find.argtypes, find.restype = [POINTER], ctypes.POINTER(Vfs)
    return find(None)
