"""OUT behind a URL: an object store such as S3.

A store has no rename and needs none: an object is there wholly or not at all. It has no locks and no place
for a data base either. The SQLite ledger is worked on in a temporary folder and put back from time to time;
what a killed run had not put back is learnt from the records themselves, which the store lists with the marks
of their content. The lock is an object that its holder renews; PostgreSQL (``--ledger``) gives a stricter
one.

The dataset needs every record: it is made in a temporary folder, from a copy of OUT.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

from goaltables.errors import OutputBusy, OutputError
from goaltables.pipeline.batch.out_layout import (
    DATASET,
    DOCUMENTS,
    IDENTITY_NAME,
    LEDGER_NAME,
    LOCK_NAME,
    PACKAGE,
)
from goaltables.pipeline.batch.remote import mark_of, opened, refuse_chained
from goaltables.pipeline.messages import say

T = TypeVar("T")

RENEW_SECONDS: Final = 30.0
# A lock that was not renewed for so long is that of a run that died.
STALE_SECONDS: Final = 180.0
# Two runs that take over a stale lock in the same moment find out within this time.
SETTLE_SECONDS: Final = 2.0
LEDGER_SECONDS: Final = 120.0


class RemoteOutput:
    """See Output."""

    def __init__(self, url: str) -> None:
        refuse_chained(url)
        self.place = url
        self._fs, self._root = opened(url)
        self._ledger_put_back = time.monotonic()
        self._ledger: Path | None = None

    @contextmanager
    def hold(self, *, is_shared: bool, is_locked_elsewhere: bool) -> Iterator[None]:  # noqa: ARG002
        if is_locked_elsewhere:
            yield
            return
        with _Lock(self._fs, self._at(LOCK_NAME), self.place):
            yield

    def identity(self) -> str:
        place = self._at(IDENTITY_NAME)
        with suppress(FileExistsError):
            self._do(lambda: _create(self._fs, place, f"{uuid.uuid4()}\n".encode()))
        return self._get(place).decode("ascii", "replace").strip()

    @contextmanager
    def ledger_file(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="goaltables-") as folder:
            path = Path(folder, LEDGER_NAME)
            with suppress(FileNotFoundError):
                path.write_bytes(self._get(self._at(LEDGER_NAME)))
            self._ledger = path
            try:
                yield path
                self._put_ledger_back()
            finally:
                self._ledger = None

    def marks(self) -> Mapping[str, str]:
        root = self._at(DOCUMENTS)
        listing: Mapping[str, Mapping[str, Any]] = self._do(lambda: self._fs.find(root, detail=True))
        return {
            place.removeprefix(root + "/"): mark_of(info)
            for place, info in sorted(listing.items())
            if place.endswith(".json")
        }

    def records(self) -> Iterator[tuple[str, bytes]]:
        for record in self.marks():
            with suppress(FileNotFoundError):
                yield record, self.read_record(record)

    def has_record(self, record: str) -> bool:
        return self._do(lambda: bool(self._fs.exists(self._at(DOCUMENTS, record))))

    def read_record(self, record: str) -> bytes:
        return self._get(self._at(DOCUMENTS, record))

    def write_record(self, record: str, data: bytes) -> str:
        place = self._at(DOCUMENTS, record)
        self._put(place, data)
        if time.monotonic() > self._ledger_put_back + LEDGER_SECONDS:
            self._put_ledger_back()
        return self._do(lambda: mark_of(self._fs.info(place)))

    def remove_record(self, record: str) -> None:
        with suppress(FileNotFoundError):
            self._do(lambda: self._fs.rm_file(self._at(DOCUMENTS, record)))

    def has_dataset(self) -> bool:
        return self._do(lambda: bool(self._fs.exists(self._at(DATASET, PACKAGE))))

    def write_dataset(self) -> None:
        """Copy OUT here, make the dataset, put it there. The description comes last: it is the sign that the
        rest is there.
        """
        from goaltables.pipeline.dataset.export import export_dataset

        with tempfile.TemporaryDirectory(prefix="goaltables-") as folder:
            self._fetch(Path(folder))
            written = sorted(export_dataset(Path(folder)), key=lambda path: path.name == PACKAGE)
            for path in written:
                place = self._at(path.relative_to(folder).as_posix())
                self._put(place, path.read_bytes())

    def _fetch(self, folder: Path) -> None:
        """Everything in OUT that a dataset may be made from."""
        left = (self._at(DATASET) + "/", self._at(LEDGER_NAME), self._at(LOCK_NAME))
        for place in self._do(lambda: list(self._fs.find(self._root))):
            path = folder / place.removeprefix(self._root + "/")
            # A foreign object whose name climbs out of the folder is none of ours.
            if place.startswith(left) or folder not in Path(os.path.normpath(path)).parents:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self._get(place))

    def _put_ledger_back(self) -> None:
        """Put the ledger as it is now into the store: a copy, for it may be in the middle of its work."""
        if self._ledger is not None and self._ledger.exists():
            with closing(sqlite3.connect(self._ledger)) as connection:
                data = connection.serialize()
            self._put(self._at(LEDGER_NAME), data)
        self._ledger_put_back = time.monotonic()

    def _get(self, place: str) -> bytes:
        return self._do(lambda: bytes(self._fs.cat_file(place)))

    def _put(self, place: str, data: bytes) -> None:
        self._do(lambda: self._fs.pipe_file(place, data))

    def _at(self, *names: str) -> str:
        return "/".join((self._root, *names))

    def _do(self, ask: Callable[[], T]) -> T:
        """Ask the store. Raises FileNotFoundError and FileExistsError as they are, else OutputError."""
        return _ask(ask, self.place)


class _Lock:
    """The lock object and the thread that renews it."""

    def __init__(self, fs: Any, path: str, place: str) -> None:
        self._fs, self._path, self._place = fs, path, place
        self._mine = {"holder": f"{os.getpid()} on {socket.gethostname()}", "token": uuid.uuid4().hex}
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> None:
        """Raises OutputBusy, OutputError."""
        found = self._read()
        if found is not None and time.time() - float(found.get("renewed", 0)) < STALE_SECONDS:
            raise self._busy(found)
        if found is not None:
            with suppress(FileNotFoundError):
                _ask(lambda: self._fs.rm_file(self._path), self._place)
        try:
            _ask(lambda: _create(self._fs, self._path, self._content()), self._place)
        except FileExistsError:
            raise self._busy(self._read() or {}) from None
        if found is not None:
            time.sleep(SETTLE_SECONDS)
            now = self._read() or {}
            if now.get("token") != self._mine["token"]:
                raise self._busy(now)
        self._thread.start()

    def __exit__(self, *exception: object) -> None:
        self._is_over.set()
        self._thread.join()
        with suppress(FileNotFoundError, OutputError):
            if (self._read() or {}).get("token") == self._mine["token"]:
                _ask(lambda: self._fs.rm_file(self._path), self._place)

    def _renew(self) -> None:
        while not self._is_over.wait(RENEW_SECONDS):
            with suppress(OutputError, FileNotFoundError):
                _ask(lambda: self._fs.pipe_file(self._path, self._content()), self._place)

    def _read(self) -> dict[str, Any] | None:
        try:
            content = json.loads(_ask(lambda: self._fs.cat_file(self._path), self._place))
        except FileNotFoundError:
            return None
        except ValueError:
            return {}
        return content if isinstance(content, dict) else {}

    def _content(self) -> bytes:
        return json.dumps({**self._mine, "renewed": time.time()}).encode()

    def _busy(self, found: Mapping[str, Any]) -> OutputBusy:
        return OutputBusy(
            say("output-busy", process=str(found.get("holder", "unknown"))[:80], path=self._place)
        )


def _create(fs: Any, place: str, data: bytes) -> None:
    """Put an object that must not be there yet. Raises FileExistsError."""
    fs.pipe_file(place, data, mode="create")


def _ask(ask: Callable[[], T], place: str) -> T:
    try:
        return ask()
    except (FileNotFoundError, FileExistsError):
        raise
    except Exception as error:  # what a store raises depends on the store
        raise OutputError(say("output-unwritable", path=place, reason=type(error).__name__)) from error
