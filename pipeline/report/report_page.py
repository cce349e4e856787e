"""``report.html``: the counts of `facts` as tiles, plots and lists, on one self-contained page."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from dataclasses import dataclass
from importlib import resources
from typing import Final
from urllib.parse import quote

from goaltables.pipeline.html.self_contained import page as html_page
from goaltables.pipeline.messages import failure_label, say, say_code
from goaltables.pipeline.record_messages import say_finding
from goaltables.pipeline.report.facts import BANDS, SEVERITIES, DocumentFacts, ReportFacts
from goaltables.pipeline.report.plots import Bar, lying_bars, standing_bars
from goaltables.pipeline.report.theme import ACCENT, BAD, COLOURS, GOOD, NOTE, WARN

TEMPLATE: Final = "goaltables.pipeline.report:report.html"
LISTED: Final = 15
MOST_BARS: Final = 20
SEVERITY_COLOURS: Final = {"error": BAD, "warning": WARN, "info": NOTE}
NAME_COLOURS: Final = {"printed": GOOD, "completed": ACCENT, "doubtful": BAD}

HasInspectPage = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure and what it counts; `style` is a class of the page."""

    value: str
    label: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A plot (an ``<svg>`` of ours, the only thing that is not escaped) with its title; `legend` is (colour
    name, meaning), `terms` is (code, meaning).
    """

    name: str
    title: str
    plot: str
    text: str = ""
    legend: tuple[tuple[str, str], ...] = ()
    terms: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A document in a list, with the ways to its record and its inspect page."""

    facts: DocumentFacts
    status: str
    record_link: str
    inspect_link: str | None


def report_html(facts: ReportFacts, versions: str, has_inspect_page: HasInspectPage) -> bytes:
    """The page. `has_inspect_page` says whether a record's inspect page is there to be linked."""
    needy, slowest = facts.neediest(LISTED), facts.slowest(LISTED)
    in_need = sum(any(document.need) for document in facts.documents)
    css = resources.files("goaltables.pipeline.report").joinpath("report.css").read_text(encoding="utf-8")
    return html_page(
        TEMPLATE,
        css,
        versions=versions,
        tiles=_tiles(facts),
        cards=_cards(facts),
        needy=[_listed(document, has_inspect_page) for document in needy],
        more_needy=in_need - len(needy),
        slowest=[_listed(document, has_inspect_page) for document in slowest],
        slowest_plot=_slowest(slowest),
    )


def inspect_folder(record: str) -> str:
    """Where the inspect page of a record lies, below OUT."""
    return f"inspect/{record}"


def _listed(document: DocumentFacts, has_inspect_page: HasInspectPage) -> Listed:
    inspect = f"{inspect_folder(document.record)}/index.html"
    return Listed(
        document,
        _status(document.status, document.error_class),
        quote(f"documents/{document.record}.json"),
        quote(inspect) if has_inspect_page(document.record) else None,
    )


def _status(status: str, error_class: str | None) -> str:
    if status == "failed":
        return say("status-failed", label=failure_label(error_class))
    return say_code("status", status)


def _tiles(facts: ReportFacts) -> list[Tile]:
    failed = facts.status["failed"]
    return [
        Tile(f"{facts.status.total():,}", say("report-documents")),
        Tile(f"{failed:,}", say("report-failed"), "bad" if failed else "good"),
        Tile(f"{facts.pages.total():,}", say("report-pages")),
        Tile(f"{facts.tables.total():,}", say("report-tables")),
        Tile(f"{facts.indicators:,}", say("report-indicators")),
        Tile(_share(facts.needs_review, facts.indicators), say("report-review-share")),
    ]


def _cards(facts: ReportFacts) -> list[Card]:
    return [
        _documents(facts),
        _pages(facts),
        _confidence(facts),
        _findings(facts),
        _names(facts),
        _tables(facts),
    ]


def _documents(facts: ReportFacts) -> Card:
    title = say("report-card-documents")
    colours = {"ok": GOOD, "partial": WARN}
    bars = [_bar(_status(s, None), facts.status[s], colour) for s, colour in colours.items()]
    bars += [_bar(_status("failed", name), count, BAD) for name, count in facts.failures.most_common()]
    return Card("documents", title, lying_bars(bars, "documents", title))


def _pages(facts: ReportFacts) -> Card:
    title = say("report-card-pages")
    bars = [
        _bar(say_code("reason", reason), count, ACCENT if route == "text" else WARN)
        for (route, reason), count in sorted(facts.pages.items(), key=lambda p: (p[0][0] != "text", -p[1]))
    ]
    legend = (("accent", say("route-text")), ("warn", say("route-ocr")))
    return Card("pages", title, lying_bars(bars, "pages", title), legend=legend)


def _confidence(facts: ReportFacts) -> Card:
    title = say("report-card-confidence")
    bars = []
    for number, least in enumerate(BANDS):
        review = facts.reviewed_bands[number]
        parts = ((review, BAD), (facts.confidence[number] - review, GOOD))
        bars.append(
            Bar(f"{least:g}", parts, f"{facts.confidence[number]:,}" if facts.confidence[number] else "")
        )
    share = _share(facts.needs_review, facts.indicators)
    text = say("report-confidence-text", review=facts.needs_review, all=facts.indicators, share=share)
    plot = standing_bars(bars, "confidence", title, say("report-confidence-axis"))
    legend = (("bad", say("report-needs-review")), ("good", say("report-needs-none")))
    return Card("confidence", title, plot, text, legend)


def _findings(facts: ReportFacts) -> Card:
    title = say("report-card-findings")
    codes: dict[str, int] = {}
    for (code, _), count in facts.findings.items():
        codes[code] = codes.get(code, 0) + count
    most = sorted(codes, key=lambda code: (-codes[code], code))[:MOST_BARS]
    bars = [
        Bar(
            code,
            tuple((facts.findings[code, s], SEVERITY_COLOURS[s]) for s in SEVERITIES),
            f"{codes[code]:,}",
        )
        for code in most
    ]
    if not bars:
        return Card("findings", title, "", say("report-findings-none"))
    legend = tuple((COLOURS[SEVERITY_COLOURS[s]], say_code("severity", s)) for s in SEVERITIES)
    terms = tuple((code, say_finding(code)) for code in most)
    return Card("findings", title, lying_bars(bars, "findings", title), _left_out(codes), legend, terms)


def _names(facts: ReportFacts) -> Card:
    title = say("report-card-names")
    bars = [_bar(say_code("name", s), facts.names[s], colour) for s, colour in NAME_COLOURS.items()]
    return Card("names", title, lying_bars(bars, "names", title))


def _tables(facts: ReportFacts) -> Card:
    title, unknown = say("report-card-tables"), say("report-year-unknown")
    ordered = sorted(facts.tables.items(), key=lambda item: (item[0][0], item[0][1] or 0))
    bars = [
        _bar(f"{say_code('form', form)} {year or unknown}", count, ACCENT)
        for (form, year), count in ordered[:MOST_BARS]
    ]
    return Card("tables", title, lying_bars(bars, "tables", title), _left_out(facts.tables))


def _slowest(documents: Sequence[DocumentFacts]) -> str:
    """Bars by rank: a document's name is for the list beneath, where it cannot be too long."""
    bars = [
        Bar(str(number), ((document.seconds or 0, ACCENT),), f"{document.seconds or 0:.1f}")
        for number, document in enumerate(documents, start=1)
    ]
    return lying_bars(bars, "slowest-plot", say("report-slowest")) if bars else ""


def _left_out(counted: Sized) -> str:
    """How many bars had no room."""
    more = len(counted) - MOST_BARS
    return say("report-more-bars", count=more) if more > 0 else ""


def _bar(label: str, count: int, colour: str) -> Bar:
    return Bar(label, ((count, colour),), f"{count:,}")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"
