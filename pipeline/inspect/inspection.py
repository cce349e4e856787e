"""``goaltables inspect``: a document through the very stages of `digitize`, each of them drawn.

The document is read by the function that reads it in a batch; the pages are watched on their way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from goaltables.document import Indicator
from goaltables.errors import UsageError
from goaltables.extractors.files.limits import Limits
from goaltables.extractors.open_document import open_document
from goaltables.extractors.page_stages import PageStages
from goaltables.normalizers.understanding.understand import read_tables
from goaltables.pipeline.batch.write import staged
from goaltables.pipeline.inspect.inspected_page import InspectedPage, inspected
from goaltables.pipeline.inspect.layers import found_layer, layers
from goaltables.pipeline.inspect.page_html import index_html, route_line
from goaltables.pipeline.inspect.placing import placed
from goaltables.pipeline.inspect.png import background_png, ink_png, layer_png
from goaltables.pipeline.messages import say, say_code
from goaltables.pipeline.settings import ReadSettings
from goaltables.pipeline.stages import digitize_bytes

INDEX = "index.html"


def inspect_document(
    data: bytes, name: str, out: Path, settings: ReadSettings, only: int | None = None
) -> list[Path]:
    """Read a document and write its pictures and ``index.html`` into `out`; the files written, sorted.

    Args:
        data: The file's bytes.
        name: Its readable name, for the title.
        out: A folder; files of the same names in it are replaced.
        settings: As for a batch.
        only: Draw this page (from 1) alone.

    Raises:
        DocumentError: nothing of the document can be read.
        UsageError: there is no page `only`.
        OutputError: `out` cannot be written.

    """
    limits = Limits(max_pages=settings.max_pages, max_megapixels=settings.max_megapixels)
    readings = []
    with open_document(data, password=settings.password, limits=limits) as opened:
        if only is not None and not 1 <= only <= opened.page_count:
            raise UsageError(say("inspect-no-page", page=only, count=opened.page_count))
        numbers = [only] if only is not None else list(range(1, opened.page_count + 1))
        seen: dict[int, InspectedPage] = {}

        def watch(stages: PageStages) -> None:
            readings.append(stages.reading)
            number = stages.reading.geometry.number
            if number in numbers:
                seen[number] = inspected(opened, number, stages)

        document = digitize_bytes(data, path=name, settings=settings, watch=watch)
        pages = [seen.get(number) or inspected(opened, number, None) for number in numbers]
    roles = {id(role.cell): role.role for read in read_tables(readings) for role in read.roles}
    indicators = [indicator for table in document.tables for indicator in table.indicators]
    with staged(out) as fresh:
        for page in pages:
            for file, content in page_pictures(page, indicators, roles):
                (fresh / file).write_bytes(content)
        (fresh / INDEX).write_bytes(index_html(document, name, pages, roles))
        names = sorted(path.name for path in fresh.iterdir())
    return [out / file for file in names]


def page_pictures(
    page: InspectedPage, indicators: Sequence[Indicator], roles: Mapping[int, str]
) -> Iterator[tuple[str, bytes]]:
    """(file name, PNG) of every stage of a page, numbered in the order of the stages."""
    title = say("inspect-page", page=page.number)
    stages = page.stages
    if stages is None:
        if page.delivered is not None:
            yield _file(page, 1, "delivered"), background_png(page, title)
        return
    delivered = replace(page, upright=None, ink=None)
    (found,) = placed([found_layer(stages, page.outlines)], delivered.size)
    yield _file(page, 1, "delivered"), layer_png(delivered, found, f"{title} · {route_line(page)}")
    if page.upright is not None:
        yield _file(page, 2, "upright"), background_png(page, f"{title} · {say('inspect-upright')}")
        yield _file(page, 3, "ink"), ink_png(page, f"{title} · {say('layer-ink')}")
    drawn = placed(layers(stages, roles, indicators), page.size)
    for number, layer in enumerate(drawn, start=4):
        yield (
            _file(page, number, layer.name),
            layer_png(page, layer, f"{title} · {say_code('layer', layer.name)}"),
        )


def _file(page: InspectedPage, number: int, stage: str) -> str:
    return f"page-{page.number}-{number}-{stage}.png"
