"""What a ledger knows of a record: where it came from, what made it, and what is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from typing import Any, Final

from goaltables.document import Document

PAGE_FAILED: Final = "page-failed"


@dataclass(frozen=True, slots=True)
class Key:
    """What makes a record current: the content, the version and the configuration."""

    sha256: str
    version: str
    config_sha256: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What a record holds, for the summary and for ``--fail-on``."""

    status: str
    error_class: str | None
    tables: int = 0
    indicators: int = 0
    needs_review: int = 0
    findings_error: int = 0
    findings_warning: int = 0
    findings_info: int = 0
    pages_lost: int = 0

    @classmethod
    def of(cls, document: Document) -> Counts:
        severities = [finding.severity for finding in document.findings]
        for table in document.tables:
            severities.extend(finding.severity for finding in table.findings)
        indicators = [indicator for table in document.tables for indicator in table.indicators]
        return cls(
            status=document.status,
            error_class=document.error.error_class if document.error else None,
            tables=len(document.tables),
            indicators=len(indicators),
            needs_review=sum(indicator.needs_review for indicator in indicators),
            findings_error=severities.count("error"),
            findings_warning=severities.count("warning"),
            findings_info=severities.count("info"),
            pages_lost=sum(finding.code == PAGE_FAILED for finding in document.findings),
        )

    @property
    def is_worth_a_retry(self) -> bool:
        """Whether something of the document failed that may go well the next time."""
        return self.status == "failed" or self.pages_lost > 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A record, the input it came from, and what is in it.

    `input` is an absolute path or URL as bytes, None after a rebuild; `state` is that of the input when it
    was read; `mark` is what a foreign store says about the record's own content ('' in a folder); `seconds`
    is how long its reading took, all workers together, None when nobody timed it.
    """

    record: str
    input: bytes | None
    state: str | None
    key: Key
    counts: Counts
    mark: str = ""
    seconds: float | None = None


COLUMNS: Final = (
    *("record", "input", "state", "mark", "seconds"),
    *(f.name for f in fields(Key)),
    *(f.name for f in fields(Counts)),
)


def as_row(entry: Entry) -> tuple[Any, ...]:
    """The values of `COLUMNS`."""
    about = (entry.record, entry.input, entry.state, entry.mark, entry.seconds)
    return (*about, *astuple(entry.key), *astuple(entry.counts))


def from_row(row: Iterable[Any]) -> Entry:
    record, source, state, mark, seconds, *rest = row
    keys = len(fields(Key))
    source = None if source is None else bytes(source)
    return Entry(record, source, state, Key(*rest[:keys]), Counts(*rest[keys:]), mark, seconds)


def recorded_entries(
    records: Iterable[tuple[str, bytes]], marks: dict[str, str] | None = None
) -> Iterator[Entry]:
    """An entry for every record that can be read; the others will be made again."""
    for record, data in records:
        try:
            document = Document.model_validate_json(data)
        except ValueError:
            continue
        engine = document.engine
        key = Key(document.source.sha256, engine.goaltables, engine.config_sha256)
        yield Entry(record, None, None, key, Counts.of(document), (marks or {}).get(record, ""))
