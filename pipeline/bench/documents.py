"""The documents of a comparison, and larger ones made of their pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pikepdf

from goaltables.errors import UsageError
from goaltables.pipeline.messages import say
from goaltables.pipeline.score.tables import ScoredTable, scored_tables
from goaltables.pipeline.score.truth import TRUTH_SUFFIX, truth_content

DIGITAL = "digital"


@dataclass(frozen=True, slots=True)
class BenchDocument:
    """A document with its truth. `kind`: digital, scan or photo."""

    file: Path
    kind: str
    pages: int
    tables: tuple[ScoredTable, ...]


def bench_documents(folder: Path) -> list[BenchDocument]:
    """The documents of a folder that have a truth file beside them. Raises UsageError: there is none."""
    found = [_document(path, truth_content(path)) for path in sorted(folder.glob(f"*{TRUTH_SUFFIX}"))]
    if not found:
        raise UsageError(say("bench-no-documents", path=folder))
    return found


def _document(path: Path, truth: dict[str, Any]) -> BenchDocument:
    file = path.with_name(path.name.removesuffix(TRUTH_SUFFIX))
    return BenchDocument(file.resolve(), str(truth.get("kind")), int(truth["pages"]), scored_tables(truth))


def write_grown(documents: Sequence[BenchDocument], pages: int, path: Path) -> None:
    """A PDF of `pages` pages: those of the documents, again and again."""
    with pikepdf.new() as grown, _all_pages(documents) as given:
        grown.pages.extend(islice(cycle(given), pages))
        grown.save(path)


def write_batch(documents: Sequence[BenchDocument], count: int, folder: Path) -> None:
    """A folder of `count` documents of one page, no two with the same bytes."""
    folder.mkdir()
    with _all_pages(documents) as given:
        for number, page in enumerate(islice(cycle(given), count), start=1):
            with pikepdf.new() as single:
                single.pages.append(page)
                single.docinfo["/Title"] = str(number)
                single.save(folder / f"{number:04d}.pdf")


@contextmanager
def _all_pages(documents: Sequence[BenchDocument]) -> Iterator[list[pikepdf.Page]]:
    """The pages of all documents. They live as long as their files are open."""
    with ExitStack() as opened:
        files = [opened.enter_context(pikepdf.open(document.file)) for document in documents]
        yield [page for file in files for page in file.pages]
