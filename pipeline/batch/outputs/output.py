"""OUT, wherever it lies: what a batch does with it.

A record is in place, wholly, when `write_record` returns: only then may the ledger say "done".
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from goaltables.pipeline.batch.remote import is_url, without_local_scheme


class Output(Protocol):
    """An OUT. Everything that writes raises OutputError."""

    place: str  # for people

    def hold(self, *, is_shared: bool, is_locked_elsewhere: bool) -> AbstractContextManager[None]:
        """Hold OUT for one run, or (`is_shared`) for one of several that share the work.

        `is_locked_elsewhere`: the ledger keeps other machines out. Raises OutputBusy.
        """
        ...

    def identity(self) -> str:
        """A name of this OUT that every machine sees, made when it is first asked for."""
        ...

    def ledger_file(self) -> AbstractContextManager[Path]:
        """Where the SQLite ledger lies while the run lasts."""
        ...

    def marks(self) -> Mapping[str, str] | None:
        """What the store says about the content of each record now; None in a folder, where nobody but the
        run that holds OUT writes.
        """
        ...

    def records(self) -> Iterator[tuple[str, bytes]]:
        """Every record with its bytes, sorted by name; those that cannot be read are left out."""
        ...

    def has_record(self, record: str) -> bool: ...

    def read_record(self, record: str) -> bytes: ...

    def write_record(self, record: str, data: bytes) -> str:
        """Put a record in place; the mark of its content, '' in a folder."""
        ...

    def remove_record(self, record: str) -> None: ...

    def has_dataset(self) -> bool: ...

    def write_dataset(self) -> None:
        """Write the dataset from the records."""
        ...


def open_output(out: Path | str) -> Output:
    """The OUT at a path or URL. Raises DependencyMissing, UsageError."""
    place = without_local_scheme(os.fspath(out))
    if is_url(place):
        from goaltables.pipeline.batch.outputs.remote_output import RemoteOutput  # brings fsspec

        return RemoteOutput(place)
    from goaltables.pipeline.batch.outputs.local_output import LocalOutput

    return LocalOutput(Path(place))
