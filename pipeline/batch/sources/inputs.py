"""From the given files, folders and URLs to the list of inputs, each with the name of its record.

A folder is searched to its bottom. Taken are regular files with the suffix of a document (``.pdf``, ``.png``,
…) and files of any name that begin like one; a ``.pdf`` that is none gets a failed record, because somebody
meant it to be a document. A ``.txt`` is taken when its lines have the shape of table rows: a README.txt is no
failure. Everything else (sources, archives, hidden files, the locks ``~$a.docx`` of Word) is left out
and counted, so that nothing is passed over in silence. A file that is given by name is taken whatever it is.
"""

# File names are bytes here, and pathlib knows only text.
# ruff: noqa: PTH122

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from goaltables.errors import UsageError
from goaltables.extractors.office.dump_text import decode_text, is_dump
from goaltables.pipeline.batch.record_names import shown_path
from goaltables.pipeline.batch.remote import is_url, without_local_scheme
from goaltables.pipeline.batch.sources.input_file import files_at, sniff_media_type
from goaltables.pipeline.messages import say

DOCUMENT_SUFFIXES: Final = (
    *(b".pdf", b".png", b".jpg", b".jpeg", b".jpe", b".jfif", b".tif", b".tiff"),
    *(b".docx", b".xlsx"),
)
DUMP_SUFFIX: Final = b".txt"
HIDDEN_PREFIXES: Final = (b".", b"~$")
# A table begins within so much of a text, or the text is no dump.
DUMP_SAMPLE_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read.

    `path` is an absolute path or a URL, as bytes; `shown` is what people and the record see; `record` is the
    path of its record under ``OUT/documents``; `problem` says why the file is not even opened; `state` is
    known where the listing of the folder already told it.
    """

    path: bytes
    shown: str
    record: str
    problem: str | None = None
    state: str | None = None

    def state_now(self) -> str | None:
        """The state of the file, None when it is gone."""
        return self.state if self.state is not None else files_at(self.path).state(self.path)


@dataclass(frozen=True, slots=True)
class InputList:
    """The inputs, sorted by record, the folders that were searched, and what was left out, by kind."""

    inputs: tuple[Input, ...]
    roots: tuple[bytes, ...]
    left_out: Mapping[str, int]


def find_inputs(paths: Sequence[Path | str], out: Path | str) -> InputList:
    """Every input under `paths`; OUT itself, when it lies inside, is not searched.

    Raises UsageError: a path that does not exist, OUT given as an input, two inputs with one record name.
    DependencyMissing: the package that opens a URL is not installed.
    """
    if not paths:
        raise UsageError(say("no-input"))
    left_out: Counter[str] = Counter()
    found: dict[str, Input] = {}
    roots = []
    for given in paths:
        path = without_local_scheme(os.fspath(given))
        root, items = _search(path, os.fspath(out), left_out, is_alone=len(paths) == 1)
        roots.append(root)
        for item in items:
            _add(found, item)
    inputs = tuple(found[record] for record in sorted(found))
    return InputList(inputs, tuple(roots), dict(sorted(left_out.items())))


def _search(path: str, out: str, left_out: Counter[str], *, is_alone: bool) -> tuple[bytes, Iterator[Input]]:
    """The root as it is kept, and the inputs under it; with several roots each one's name comes first."""
    if is_url(path):
        from goaltables.pipeline.batch.sources.url_search import search_url

        return path.encode("utf-8", "surrogateescape").rstrip(b"/"), search_url(
            path, out, left_out, is_alone=is_alone
        )
    from goaltables.pipeline.batch.sources.folder_search import search_path

    root = os.fsencode(os.path.abspath(path))  # noqa: PTH100 - bytes follow
    return root, search_path(root, out, left_out, is_alone=is_alone)


def _add(found: dict[str, Input], item: Input) -> None:
    other = found.setdefault(item.record, item)
    # The same file may be reached twice (a folder, and a file in it); that is one input.
    if not is_same_file(other.path, item.path):
        raise UsageError(
            say(
                "shared-record",
                record=item.record,
                first=shown_path(other.path),
                second=shown_path(item.path),
            )
        )


def is_same_file(one: bytes, other: bytes) -> bool:
    """Whether two paths lead to one file, links followed."""
    if is_url(one) or is_url(other):
        return one == other
    return os.path.realpath(one) == os.path.realpath(other)


def is_hidden(name: bytes) -> bool:
    return name.startswith(HIDDEN_PREFIXES)


def is_named_like_a_document(name: bytes) -> bool:
    return name.lower().endswith(DOCUMENT_SUFFIXES)


def is_named_like_a_dump(name: bytes) -> bool:
    return name.lower().endswith(DUMP_SUFFIX)


def begins_like_a_document(head: bytes, *, is_text: bool) -> bool:
    """Whether the content is a document's, whatever the name; of a ``.txt`` also whether it is a dump."""
    if sniff_media_type(head) is not None:
        return True
    text = decode_text(head, is_sample=len(head) == DUMP_SAMPLE_BYTES) if is_text else None
    return text is not None and is_dump(text)


def kind_of(name: bytes) -> str:
    """The suffix of a file that is left out, for the count people see."""
    suffix = shown_path(os.path.splitext(name)[1].lower())
    return suffix if 1 < len(suffix) <= 10 else "other"
