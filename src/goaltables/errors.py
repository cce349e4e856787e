"""What can go wrong, drawn once.

    GoalTablesError                    .exit_code   .error_class
    ├── UsageError                     2
    ├── DependencyMissing              3            says the command that mends it
    ├── ClusterUnreachable             3            no scheduler, or no worker, answers
    ├── OutputError                    74           OUT cannot be written
    ├── OutputBusy                     75           another run holds OUT
    └── DocumentError                  4            one document failed; the batch goes on
        ├── EmptyDocument                           empty
        ├── UnsupportedDocument                     unsupported
        ├── MalformedDocument                       malformed
        ├── EncryptedDocument                       encrypted
        ├── LimitExceeded                           limit
        ├── UnreadableInput                         io
        ├── ReaderCrashed                           crash
        └── InternalError                           internal (a bug)

Errors stop a document (or the run); findings travel with the data. They never mix.
Messages say what a person can do next.
"""

from __future__ import annotations

from typing import ClassVar


class GoalTablesError(Exception):
    """Root of every error this package raises on purpose."""

    exit_code: ClassVar[int] = 70


class UsageError(GoalTablesError):
    """The command line, a configuration file or an argument cannot be used as given."""

    exit_code = 2


class DependencyMissing(GoalTablesError):
    """A program, package or model is not installed. `remedy` is the command that brings it."""

    exit_code = 3

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what} is not installed; run: {remedy}")
        self.what = what
        self.remedy = remedy


class ClusterUnreachable(GoalTablesError):
    """The cluster that shall read the documents is not there, or not any more."""

    exit_code = 3


class OutputError(GoalTablesError):
    """The output folder cannot be written."""

    exit_code = 74


class OutputBusy(GoalTablesError):
    """Another run holds the output folder."""

    exit_code = 75


class DocumentError(GoalTablesError):
    """One document cannot be read. `error_class` is what its record and ``documents.csv`` say."""

    exit_code = 4
    error_class: ClassVar[str] = "internal"


class EmptyDocument(DocumentError):
    """The file has no bytes, or opens with nothing in it."""

    error_class = "empty"


class UnsupportedDocument(DocumentError):
    """The content is of a kind that is not read, whatever the file is called."""

    error_class = "unsupported"


class MalformedDocument(DocumentError):
    """The content is damaged beyond reading."""

    error_class = "malformed"


class EncryptedDocument(DocumentError):
    """The document needs a password that was not given."""

    error_class = "encrypted"


class LimitExceeded(DocumentError):
    """The document asks for more pages, pixels, memory, time or rules than it may have."""

    error_class = "limit"


class UnreadableInput(DocumentError):
    """The file cannot be opened or read (permissions, vanished, no regular file)."""

    error_class = "io"


class ReaderCrashed(DocumentError):
    """The worker process that read the document died."""

    error_class = "crash"


class InternalError(DocumentError):
    """A bug of this package, met while it read one document."""

    error_class = "internal"


def document_error(error_class: str, message: str) -> DocumentError:
    """The error of that class; of a class nobody knows, an InternalError."""
    kinds = {kind.error_class: kind for kind in DocumentError.__subclasses__()}
    return kinds.get(error_class, InternalError)(message)
