"""OUT as a folder of this machine (or a share that is mounted here)."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from goaltables.errors import OutputError
from goaltables.pipeline.batch.out_layout import DATASET, DOCUMENTS, IDENTITY_NAME, LEDGER_NAME, PACKAGE
from goaltables.pipeline.batch.write import hold, remove_durably, remove_leftovers, write_durably
from goaltables.pipeline.messages import reason, say


class LocalOutput:
    """See Output."""

    def __init__(self, path: Path) -> None:
        self.place = str(path)
        self._path = path
        self._documents = path / DOCUMENTS

    @contextmanager
    def hold(self, *, is_shared: bool, is_locked_elsewhere: bool) -> Iterator[None]:  # noqa: ARG002
        with hold(self._path, is_shared=is_shared) as is_alone:
            if is_alone:
                remove_leftovers(self._path)
            yield

    def identity(self) -> str:
        path = self._path / IDENTITY_NAME
        if not path.is_file():
            write_durably(path, f"{uuid.uuid4()}\n".encode())
        try:
            return path.read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise OutputError(say("output-unwritable", path=path, reason=error)) from error

    @contextmanager
    def ledger_file(self) -> Iterator[Path]:
        yield self._path / LEDGER_NAME

    def marks(self) -> Mapping[str, str] | None:
        return None

    def records(self) -> Iterator[tuple[str, bytes]]:
        for path in sorted(self._documents.rglob("*.json")):
            try:
                data = path.read_bytes()
            except OSError:
                continue
            yield path.relative_to(self._documents).as_posix(), data

    def has_record(self, record: str) -> bool:
        return (self._documents / record).is_file()

    def read_record(self, record: str) -> bytes:
        path = self._documents / record
        try:
            return path.read_bytes()
        except OSError as error:
            raise OutputError(say("output-unwritable", path=path, reason=reason(error))) from error

    def write_record(self, record: str, data: bytes) -> str:
        path = self._documents / record
        if not (_real(path.parent) + b"/").startswith(_real(self._documents) + b"/"):
            raise OutputError(say("link-in-output", path=str(path.parent)))
        write_durably(path, data)
        return ""

    def remove_record(self, record: str) -> None:
        remove_durably(self._documents / record)

    def has_dataset(self) -> bool:
        return (self._path / DATASET / PACKAGE).is_file()

    def write_dataset(self) -> None:
        # Brings what reads records and decisions: only when there is something to write.
        from goaltables.pipeline.dataset.export import export_dataset

        export_dataset(self._path)


def _real(path: Path) -> bytes:
    return os.path.realpath(os.fsencode(path))
