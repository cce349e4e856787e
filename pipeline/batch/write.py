"""Writing under OUT so that no kill, crash or power cut leaves a torn file under a final name.

A file is written under a temporary name, flushed to the disk, renamed, and the folder that holds the name is
flushed too; only then may the ledger say "done". Left out, each of these steps loses data in some reachable
state of the disk: a rename without the first flush can survive a power cut with an empty file behind it.

Every failure to write is an ``OutputError`` (exit code 74): the disk is full, the folder is read-only.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from goaltables.errors import OutputBusy, OutputError
from goaltables.pipeline.batch.out_layout import LOCK_NAME
from goaltables.pipeline.messages import reason, say

TEMPORARY_PREFIX: Final = ".writing-"
_PROCESS_MARK: Final = secrets.token_hex(4)


@contextmanager
def _as_output_error(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(say("output-unwritable", path=path, reason=reason(error))) from error


def write_durably(path: Path, data: bytes) -> None:
    """Put `data` under `path`, wholly or not at all, and on the disk when this returns.

    Folders that are missing are made. Raises OutputError; an older file under `path` then still stands.
    """
    with _as_output_error(path):
        make_folder(path.parent)
        # One temporary name for each folder and run: the next write takes away a rest. Several machines that
        # share OUT may have the same process ids.
        temporary = path.parent / f"{TEMPORARY_PREFIX}{os.getpid()}-{_PROCESS_MARK}"
        try:
            _write_and_flush(temporary, data)
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        _flush_folder(path.parent)


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A fresh folder beside the files of `folder`: what the block leaves in it is put in place, each file
    wholly or not at all, and on the disk when this returns. When the block fails, `folder` stays as it was.

    Raises OutputError.
    """
    fresh = folder / f"{TEMPORARY_PREFIX}{os.getpid()}"
    with _as_output_error(folder):
        make_folder(folder)
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        try:
            yield fresh
            paths = sorted(fresh.iterdir())
            for path in paths:
                _flush(path)
            for path in paths:
                path.replace(folder / path.name)
            _flush_folder(folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def remove_durably(path: Path) -> None:
    """Take `path` away, if it is there. Raises OutputError."""
    with _as_output_error(path):
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            _flush_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and its parents, each on the disk before what it holds. Raises OSError."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _flush_folder(folder.parent)


def remove_leftovers(out: Path) -> None:
    """Take away the temporary files that a killed run left. Only whoever holds OUT may call this."""
    for folder, folders, names in os.walk(out):
        for name in [name for name in folders if name.startswith(TEMPORARY_PREFIX)]:
            shutil.rmtree(Path(folder, name), ignore_errors=True)
            folders.remove(name)
        for name in names:
            if name.startswith(TEMPORARY_PREFIX):
                Path(folder, name).unlink(missing_ok=True)


def _write_and_flush(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def hold(out: Path, *, is_shared: bool = False) -> Iterator[bool]:
    """Hold OUT for one run, or (`is_shared`) beside others that hold it so; whether it is held alone now.

    The lock is the kernel's and dies with the process: no stale lock exists. Raises OutputBusy, naming the
    process that holds OUT, and OutputError.
    """
    path = out / LOCK_NAME
    with _as_output_error(out):
        make_folder(out)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    try:
        is_alone = _lock(descriptor, fcntl.LOCK_EX)
        if not is_alone and not (is_shared and _lock(descriptor, fcntl.LOCK_SH)):
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
            raise OutputBusy(say("output-busy", process=holder, path=out))
        with _as_output_error(path):
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
        yield is_alone
        # An empty file stays: removing a lock file opens a gap in which two runs may each hold "the" lock.
        with _as_output_error(path):
            os.truncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
