"""``goaltables report``: one page for a whole OUT, written into it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from goaltables.errors import DocumentError, OutputError
from goaltables.pipeline.batch.originals import Originals
from goaltables.pipeline.batch.out_layout import DOCUMENTS
from goaltables.pipeline.batch.record_names import RECORD_SUFFIX
from goaltables.pipeline.batch.sources.input_file import read_input
from goaltables.pipeline.batch.write import write_durably
from goaltables.pipeline.dataset.records import read_records
from goaltables.pipeline.messages import say
from goaltables.pipeline.record_messages import say_failure
from goaltables.pipeline.report.facts import ReportFacts, collect
from goaltables.pipeline.report.report_page import LISTED, inspect_folder, report_html
from goaltables.pipeline.settings import ReadSettings

REPORT_NAME: Final = "report.html"


def write_report(out: Path) -> Path:
    """Write ``OUT/report.html``. Only whoever holds OUT may call this.

    Raises UsageError (a record cannot be read), OutputError.
    """
    facts = count(out)
    versions = ", ".join(sorted({document.version for document in facts.documents}))
    path = out / REPORT_NAME
    write_durably(path, report_html(facts, versions, lambda record: _index(out, record).is_file()))
    return path


def count(out: Path) -> ReportFacts:
    """The counts over all records of OUT."""
    return collect(read_records(out), Originals(out).seconds())


def draw_listed(out: Path, settings: ReadSettings, tell: Callable[[str, str], None]) -> None:
    """Draw the inspect pages of the documents that a report lists, where there is none newer than the record.

    `tell` gets the path of what could not be drawn, and why. Only whoever holds OUT may call this.
    """
    from goaltables.pipeline.inspect.inspection import inspect_document

    facts = count(out)
    originals = Originals(out)
    listed = {d.record: d for d in (*facts.neediest(LISTED), *facts.slowest(LISTED))}
    for document in listed.values():
        path = originals.path(document.record)
        if _is_drawn(out, document.record):
            continue
        if path is None:
            tell(document.path, say("original-unknown"))
            continue
        try:
            data = read_input(path, settings.max_bytes).data
            inspect_document(data, document.path, out / inspect_folder(document.record), settings)
        except DocumentError as error:
            tell(document.path, say_failure(str(error)))


def _is_drawn(out: Path, record: str) -> bool:
    index, made_from = _index(out, record), out / DOCUMENTS / (record + RECORD_SUFFIX)
    try:
        return index.stat().st_mtime >= made_from.stat().st_mtime
    except FileNotFoundError:
        return False
    except OSError as error:
        raise OutputError(str(error)) from error


def _index(out: Path, record: str) -> Path:
    return out / inspect_folder(record) / "index.html"
