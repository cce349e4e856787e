"""What a report is made of: everything counted once over the records of OUT. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from goaltables.document import Document, GoalTable, Indicator

# Edges of the bands of confidence, narrow where nearly all of it lies.
BANDS: Final = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 1.0)
SEVERITIES: Final = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """One document as the lists of the report show it. `seconds` is None when nobody knows."""

    record: str
    path: str
    version: str
    status: str
    error_class: str | None
    message: str
    pages: int
    tables: int
    indicators: int
    needs_review: int
    findings: int
    seconds: float | None

    @property
    def need(self) -> tuple[int, int, int]:
        """How much it needs a person; the larger the more."""
        return self.status == "failed", self.status == "partial", self.needs_review + self.findings


@dataclass(slots=True)
class ReportFacts:
    """The counts of a report, filled document by document.

    `pages` by (route, reason); `confidence` by the number of the band, all and those that need review;
    `findings` by (code, severity); `names` by status; `tables` by (form, fiscal year).
    """

    documents: list[DocumentFacts] = field(default_factory=list)
    status: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    pages: Counter[tuple[str, str]] = field(default_factory=Counter)
    tables: Counter[tuple[str, int | None]] = field(default_factory=Counter)
    confidence: Counter[int] = field(default_factory=Counter)
    reviewed_bands: Counter[int] = field(default_factory=Counter)
    findings: Counter[tuple[str, str]] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)

    @property
    def indicators(self) -> int:
        return self.confidence.total()

    @property
    def needs_review(self) -> int:
        return self.reviewed_bands.total()

    def slowest(self, count: int) -> list[DocumentFacts]:
        """The documents that took longest, the slowest first; those without a time are left out."""
        timed = [document for document in self.documents if document.seconds is not None]
        return sorted(timed, key=lambda d: (-(d.seconds or 0), d.record))[:count]

    def neediest(self, count: int) -> list[DocumentFacts]:
        """The documents that need a person most: failed ones, partial ones, those with most doubts."""
        in_need = [document for document in self.documents if any(document.need)]
        return sorted(in_need, key=lambda d: (*(-part for part in d.need), d.record))[:count]


def collect(records: Iterable[tuple[str, Document]], seconds: Mapping[str, float]) -> ReportFacts:
    """Count the records. `seconds`: how long each took, by its name."""
    facts = ReportFacts()
    for record, document in records:
        _count_document(facts, record, document, seconds.get(record))
        for table in document.tables:
            _count_table(facts, table)
    return facts


def band_of(confidence: float) -> int:
    """The number of the band of `BANDS` that a confidence lies in."""
    return max(number for number, least in enumerate(BANDS) if confidence >= least or number == 0)


def _count_document(facts: ReportFacts, record: str, document: Document, seconds: float | None) -> None:
    error = document.error
    found = [*document.findings, *(finding for table in document.tables for finding in table.findings)]
    indicators = [indicator for table in document.tables for indicator in table.indicators]
    facts.status[document.status] += 1
    if error is not None:
        facts.failures[error.error_class] += 1
    facts.pages.update((page.route, page.reason) for page in document.pages)
    facts.findings.update((finding.code, finding.severity) for finding in found)
    facts.documents.append(
        DocumentFacts(
            record=record,
            path=document.source.path,
            version=document.engine.goaltables,
            status=document.status,
            error_class=error.error_class if error else None,
            message=error.message if error else "",
            pages=document.source.page_count,
            tables=len(document.tables),
            indicators=len(indicators),
            needs_review=sum(indicator.needs_review for indicator in indicators),
            findings=sum(finding.severity in ("error", "warning") for finding in found),
            seconds=seconds,
        )
    )


def _count_table(facts: ReportFacts, table: GoalTable) -> None:
    facts.tables[table.form, table.fiscal_year] += 1
    for indicator in table.indicators:
        _count_indicator(facts, indicator)


def _count_indicator(facts: ReportFacts, indicator: Indicator) -> None:
    band = band_of(indicator.confidence)
    facts.confidence[band] += 1
    if indicator.needs_review:
        facts.reviewed_bands[band] += 1
    facts.names[indicator.name_status] += 1
