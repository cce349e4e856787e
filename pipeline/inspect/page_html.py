"""``index.html`` of an inspection: one self-contained page with a switch for each layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final

from goaltables.document import Document, Indicator
from goaltables.pipeline.batch.ledgers.entry import PAGE_FAILED
from goaltables.pipeline.drawing.fonts import chinese_font_file
from goaltables.pipeline.html.self_contained import page as html_page
from goaltables.pipeline.inspect.inspected_page import InspectedPage
from goaltables.pipeline.inspect.layers import FOUND, LAYERS, SHOWN_FIRST, found_layer, layers
from goaltables.pipeline.inspect.placing import PlacedLayer, placed
from goaltables.pipeline.inspect.styles import css
from goaltables.pipeline.messages import say, say_code
from goaltables.pipeline.record_messages import detail_of

TEMPLATE: Final = "goaltables.pipeline.inspect:inspect.html"


@dataclass(frozen=True, slots=True)
class View:
    """A picture with its layers. `ink` and `uri` are pictures as addresses; `layers` are in its own units."""

    width: float
    height: float
    uri: str | None
    layers: tuple[PlacedLayer, ...]
    caption: str = ""
    ink: str | None = None


@dataclass(frozen=True, slots=True)
class PageView:
    """A page as the template shows it."""

    number: int
    facts: tuple[str, ...]
    problems: tuple[str, ...]
    failure: str | None
    delivered: View | None
    read: View | None
    indicators: tuple[Indicator, ...]


def index_html(
    document: Document, name: str, pages: Sequence[InspectedPage], roles: Mapping[int, str]
) -> bytes:
    """The page.

    Args:
        document: The record, as `digitize` makes it.
        name: The readable name of the file.
        pages: The pages to show.
        roles: What cells were read as, by their identity.

    """
    indicators = [indicator for table in document.tables for indicator in table.indicators]
    findings = [*document.findings, *(f for table in document.tables for f in table.findings)]
    styles = resources.files("goaltables.pipeline.inspect").joinpath("inspect.css")
    return html_page(
        TEMPLATE,
        styles.read_text(encoding="utf-8") + css(),
        title=say("inspect-title", name=name),
        facts=_facts(document, len(indicators)),
        document=document,
        no_font=chinese_font_file() is None,
        switches=(FOUND, *LAYERS),
        shown_first=SHOWN_FIRST,
        pages=[page_view(page, document, indicators, roles) for page in pages],
        findings=findings,
    )


def page_view(
    page: InspectedPage, document: Document, indicators: Sequence[Indicator], roles: Mapping[int, str]
) -> PageView:
    """One page: its pictures with their layers, and what is known of it in words."""
    own = tuple(i for i in indicators if any(s.page == page.number for s in i.source))
    stages, reading = page.stages, page.reading
    if stages is None or reading is None:
        return PageView(page.number, (), (), _failure(document, page.number), _delivered(page), None, ())
    drawn = placed(layers(stages, roles, own), page.size)
    read = View(
        *page.size,
        page.background.uri if page.background else None,
        drawn,
        say("inspect-upright" if page.upright else "inspect-of-text"),
        page.ink.uri if page.ink else None,
    )
    facts = [route_line(page), _grids(page)]
    if page.delivered is None:
        facts.append(say("inspect-no-picture"))
    problems = tuple(f"{problem.code}: {problem.message}" for problem in reading.problems)
    delivered = _delivered(page) if page.upright else None
    return PageView(page.number, tuple(facts), problems, None, delivered, read, own)


def _delivered(page: InspectedPage) -> View | None:
    """The page as displayed, with the tables that were found; in page units where they are known."""
    if page.delivered is None:
        return None
    if page.stages is None:
        return View(page.delivered.width, page.delivered.height, page.delivered.uri, ())
    geometry = page.stages.reading.geometry
    size = (geometry.width, geometry.height)
    return View(*size, page.delivered.uri, placed([found_layer(page.stages, page.outlines)], size))


def _facts(document: Document, indicators: int) -> str:
    return say(
        "inspect-facts",
        status=say_code("status", document.status),
        pages=document.source.page_count,
        tables=len(document.tables),
        indicators=indicators,
        version=document.engine.goaltables,
        reader=" ".join(filter(None, (document.engine.reader, document.engine.model))),
    )


def route_line(page: InspectedPage) -> str:
    """How the page was read, and why."""
    if page.reading is None:
        return ""
    route, geometry = page.reading.route, page.reading.geometry
    text = say(
        "inspect-route",
        route=say_code("route", route.route.value),
        reason=f"{say_code('reason', route.reason)} ({route.reason})",
    )
    if geometry.rotation:
        text += " · " + say("inspect-turned", degrees=geometry.rotation)
    return text


def _grids(page: InspectedPage) -> str:
    if page.reading is None or not page.reading.tables:
        return say("inspect-no-grid")
    tables = page.reading.tables
    methods = ", ".join(f"{t.method} {t.n_rows}×{t.n_cols} ({t.score:.2f})" for t in tables)
    return say("inspect-grids", number=len(tables), methods=methods)


def _failure(document: Document, number: int) -> str:
    start = f"page {number}: "
    details = (detail_of(PAGE_FAILED, f.message) for f in document.findings if f.code == PAGE_FAILED)
    return next((d.removeprefix(start) for d in details if d.startswith(start)), "")
