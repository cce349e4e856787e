"""Inspection: layers are what the stages made, pages hold hostile texts as texts, looking changes nothing."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from made_records import a_document, a_table, an_indicator
from PIL import Image

from goaltables.document import CellSource, NameAlternative
from goaltables.errors import EncryptedDocument, UsageError
from goaltables.extractors.engines.null import NullEngine
from goaltables.extractors.open_document import open_document
from goaltables.extractors.page_stages import PageStages, stages_of_text
from goaltables.extractors.scanned_page import scanned_page_stages
from goaltables.normalizers.findings import make_finding
from goaltables.normalizers.understanding.understand import read_tables
from goaltables.pipeline.cli import run_command
from goaltables.pipeline.drawing import fonts
from goaltables.pipeline.inspect.inspected_page import InspectedPage, inspected
from goaltables.pipeline.inspect.inspection import inspect_document
from goaltables.pipeline.inspect.layers import LAYERS, Mark, layers
from goaltables.pipeline.inspect.page_html import index_html
from goaltables.pipeline.inspect.placing import PlacedLayer, placed
from goaltables.pipeline.inspect.png import layer_png
from goaltables.pipeline.inspect.styles import styles
from goaltables.pipeline.messages import catalogue, use_language
from goaltables.pipeline.settings import ReadSettings
from goaltables.pipeline.stages import digitize_bytes
from goaltables.records import (
    Box,
    Cell,
    PageGeometry,
    PageReading,
    PageRoute,
    PageTable,
    Route,
    TextLine,
    Unit,
)

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "documents"
HOSTILE = """<script>alert(1)</script><img src=x onerror=alert(2)>"'&]]>\u202e--><style>*{}</style>"""


@pytest.fixture(autouse=True)
def english() -> None:
    use_language("en")


def a_page(text: str = "保障人数", confidence: float = 1.0, flags: tuple[str, ...] = ()) -> PageStages:
    """A page with one table of a merged label, a name and a value, an empty cell, and a line above."""
    cells = (
        Cell(0, 0, 2, 1, Box(10, 20, 60, 60), "产出指标", 1.0, "r"),
        Cell(0, 1, 1, 1, Box(60, 20, 160, 40), text, confidence, "r", flags),
        Cell(1, 1, 1, 1, Box(60, 40, 160, 60), "", 1.0, "r"),
    )
    table = PageTable(Box(10, 20, 160, 60), cells, "drawn", 0.9)
    line = TextLine("绩效目标表", Box(20, 5, 120, 15), 0.7, "r")
    geometry = PageGeometry(1, 200, 100, Unit.POINT)
    reading = PageReading(geometry, PageRoute(Route.TEXT, "text-layer"), (table,), (line,))
    return stages_of_text(reading, (Box(10, 20, 160, 20.5),))


def marks(stages: PageStages, layer: str, roles: dict[int, str] | None = None) -> list[Mark]:
    (found,) = [one for one in layers(stages, roles or {}, ()) if one.name == layer]
    return list(found.marks)


class TestLayers:
    def test_merged_cells_are_told_from_others(self) -> None:
        found = marks(a_page(), "cells")
        assert [(mark.style, mark.tag) for mark in found] == [
            ("span", "0,0 2×1"),
            ("cell", "0,1"),
            ("cell", "1,1"),
        ]

    def test_rules_and_every_crossing_once(self) -> None:
        found = Counter(mark.style for mark in marks(a_page(), "rules"))
        assert found == {"rule": 1, "crossing": 8}

    @pytest.mark.parametrize(
        ("confidence", "band"),
        [
            (1.0, "sure"),
            (0.99, "sure"),
            (0.989, "likely"),
            (0.6, "unsure"),
            (0.59, "doubtful"),
            (0.0, "doubtful"),
        ],
    )
    def test_readings_are_banded_by_confidence(self, confidence: float, band: str) -> None:
        mark = marks(a_page(confidence=confidence), "readings")[1]
        assert (mark.style, mark.tag) == (band, "" if band == "sure" else f"{confidence:.2f}")
        assert "保障人数" in mark.note

    def test_an_empty_cell_is_empty_unless_the_reader_noticed_something(self) -> None:
        assert marks(a_page(), "readings")[2].style == "empty"
        assert marks(a_page("", 0.4, ("ink-not-read",)), "readings")[1].style == "doubtful"

    def test_roles_are_those_of_the_very_cells(self) -> None:
        stages = a_page()
        name = stages.reading.tables[0].cells[1]
        (mark,) = marks(stages, "roles", {id(name): "name"})
        assert (mark.style, mark.tag, mark.box) == ("name", "name", name.box)

    def test_a_repair_shows_what_was_and_what_became(self) -> None:
        source = [CellSource(page=1, bbox=[60.0, 20.0, 160.0, 40.0], row=0, col=1)]
        cut = "村干部小组长工资及社保发放准"
        whole = an_indicator(cut, full_name=cut + "确率", name_status="completed", source=source, reasons=[])
        unsure = an_indicator(
            cut,
            name_status="doubtful",
            source=source,
            name_alternatives=[NameAlternative(full_name=cut + "时率", probability=0.4)],
        )
        elsewhere = an_indicator(source=[CellSource(page=2, bbox=[1, 2, 3, 4], row=0, col=0)])
        found = {layer.name: layer for layer in layers(a_page(), {}, [whole, unsure, elsewhere])}["repairs"]
        assert [(mark.style, mark.text) for mark in found.marks] == [
            ("completed", "…保发放准 → …保发放准确率"),
            ("cut", f"{cut} → {cut}时率"),
        ]

    def test_every_style_has_a_look_and_a_meaning(self) -> None:
        assert all(f"mark-{name}" in catalogue() for name in styles())
        assert all(f"layer-{name}" in catalogue() for name in LAYERS)

    @pytest.mark.parametrize("name", ["seed_digital.pdf", "disclosure_report.pdf", "project_office.xlsx"])
    def test_every_role_of_the_fixtures_has_a_style(self, name: str) -> None:
        readings: list[PageReading] = []
        digitize_bytes(
            (FIXTURES / name).read_bytes(),
            path=name,
            settings=ReadSettings(),
            watch=lambda stages: readings.append(stages.reading),
        )
        roles = {role.role for read in read_tables(readings) for role in read.roles}
        assert {"name", "value"} <= roles <= set(styles())


class Tags(HTMLParser):
    """Counts the elements of a page and the names of their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        self.attributes |= {name for name, _ in attrs}


def html_of(text: str, name: str = "a.pdf") -> str:
    indicator = an_indicator(text, source=[CellSource(page=1, bbox=[60.0, 20.0, 160.0, 40.0], row=0, col=1)])
    finding = make_finding("page-failed", f"page 2: limit: {text}")
    document = a_document(name, text, tables=[a_table(text, indicators=[indicator])])
    document = document.model_copy(update={"findings": [finding]})
    pages = [InspectedPage(1, None, stages=a_page(text)), InspectedPage(2, None)]
    return index_html(document, name, pages, {}).decode()


class TestPage:
    def test_hostile_texts_are_texts(self) -> None:
        harmless = "啊" * len(HOSTILE)
        tame, wild = Tags(html_of(harmless)), Tags(html_of(HOSTILE, HOSTILE))
        # A text may wrap into another number of lines: only that many <text> may differ.
        tame.elements["text"] = wild.elements["text"] = 0
        assert wild.elements == tame.elements
        assert wild.attributes == tame.attributes
        assert "script" not in wild.elements

    def test_a_policy_forbids_what_is_not_in_the_page(self) -> None:
        html = html_of("x")
        (policy,) = re.findall('Content-Security-Policy" content="([^"]*)"', html)
        assert policy.startswith("default-src &#39;none&#39;; img-src data:; style-src &#39;sha256-")
        assert not re.search(r'(?:href|src)="(?!data:)', html)
        assert "style=" not in html

    def test_it_is_chinese_where_chinese_is_asked_for(self) -> None:
        use_language("zh")
        html = html_of("x")
        assert '<html lang="zh-CN">' in html
        assert "置信度" in html

    def test_a_page_that_failed_says_why(self) -> None:
        assert "This page could not be read: limit: 何故" in html_of("何故")
        use_language("zh")
        html = html_of("more than 3 CPU seconds; raise --timeout")
        assert "此页未能识读：超出限制：超过 3 秒 CPU 时间；请调高 --timeout" in html
        assert "页面处理失败：第 2 页：超出限制：超过 3 秒 CPU 时间" in html


def opened(file: Path | io.BytesIO) -> Image.Image:
    with Image.open(file) as picture:
        return picture.convert("RGB")


class TestPictures:
    def drawn(self, page: InspectedPage) -> Image.Image:
        (layer,) = [one for one in placed(layers(a_page(), {}, ()), page.size) if one.name == "readings"]
        return opened(io.BytesIO(layer_png(page, layer, "页")))

    def test_marks_are_drawn_where_they_are(self) -> None:
        picture = np.asarray(self.drawn(InspectedPage(1, None, stages=a_page())), int)
        height, width, _ = picture.shape
        scale = width / 200
        red, green, blue = picture[height - round((100 - 37) * scale), round(100 * scale)]
        assert min(green - red, green - blue) > 12, "the name's cell is sure"
        assert picture[height - round(10 * scale), round(190 * scale)].min() >= 250, "nothing is drawn there"

    def test_a_missing_font_is_said_in_the_picture_and_on_the_page(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = InspectedPage(1, None, stages=a_page())
        with_font = self.drawn(page)
        monkeypatch.setattr(fonts, "font_folders", lambda: [])
        for cache in (fonts.chinese_font_file, fonts.font):
            cache.cache_clear()
        try:
            without = self.drawn(page)
            html = html_of("x")
        finally:
            for cache in (fonts.chinese_font_file, fonts.font):
                cache.cache_clear()
        assert without.height > with_font.height or fonts.chinese_font_file() is None
        assert "No font with Chinese characters is installed" in html

    def test_an_empty_layer_can_be_drawn(self) -> None:
        page = InspectedPage(1, None, stages=a_page())
        assert layer_png(page, PlacedLayer("rules", (), ()), "x").startswith(b"\x89PNG")


class TestInspection:
    @pytest.mark.parametrize("name", ["seed_digital.pdf", "project_office.docx", "seed_dump.txt"])
    def test_a_document_is_read_the_same_whether_somebody_looks_or_not(self, name: str) -> None:
        data = (FIXTURES / name).read_bytes()
        unseen = digitize_bytes(data, path=name, settings=ReadSettings())
        seen: list[PageStages] = []
        watched = digitize_bytes(data, path=name, settings=ReadSettings(), watch=seen.append)
        assert watched.to_json() == unseen.to_json()
        assert [s.reading.geometry.number for s in seen] == [page.page for page in unseen.pages]

    def test_a_digital_document_is_drawn_page_by_page(self, tmp_path: Path) -> None:
        data = (FIXTURES / "seed_digital.pdf").read_bytes()
        written = inspect_document(data, "甲.pdf", tmp_path / "new", ReadSettings())
        names = [path.name for path in written]
        assert names[0] == "index.html"
        assert len(names) == 1 + 2 * 7
        assert "page-2-8-roles.png" in names
        html = written[0].read_text(encoding="utf-8")
        assert "甲.pdf" in html
        assert "发放准确率" in html
        assert opened(written[1]).size[1] > 800
        assert {path.name for path in (tmp_path / "new").iterdir()} == set(names)

    def test_one_page_is_understood_with_the_others(self, tmp_path: Path) -> None:
        data = (FIXTURES / "seed_digital.pdf").read_bytes()
        written = inspect_document(data, "a.pdf", tmp_path, ReadSettings(), only=2)
        assert {path.name[:7] for path in written} == {"index.h", "page-2-"}
        assert "产出指标 / 质量指标" in written[0].read_text(encoding="utf-8"), "a label of page 1"
        with pytest.raises(UsageError, match="no page 3"):
            inspect_document(data, "a.pdf", tmp_path, ReadSettings(), only=3)

    def test_a_file_without_paper_is_drawn_as_it_counts(self, tmp_path: Path) -> None:
        data = (FIXTURES / "project_office.xlsx").read_bytes()
        written = inspect_document(data, "a.xlsx", tmp_path, ReadSettings(), only=1)
        assert "page-1-7-texts.png" in {path.name for path in written}

    def test_a_document_that_cannot_be_read_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(EncryptedDocument):
            inspect_document((FIXTURES / "encrypted.pdf").read_bytes(), "a", tmp_path / "o", ReadSettings())
        assert not (tmp_path / "o").exists()

    def test_a_photo_shows_its_way_back_to_the_page(self) -> None:
        """Cells are drawn on the delivered page in the shapes that were straightened for the reading."""
        with open_document((FIXTURES / "seed_page.jpg").read_bytes()) as photo:
            stages = scanned_page_stages(photo, 1, PageRoute(Route.OCR, "image-file"), NullEngine())
            page = inspected(photo, 1, stages)
        assert page.stages is not None
        assert page.stages.upright is None, "pictures are kept encoded"
        assert page.upright is not None
        assert page.ink is not None
        assert page.size == (page.upright.width, page.upright.height)
        (table,) = page.stages.reading.tables
        for cell in table.cells:
            outline = page.outlines[cell.box]
            xs, ys = [x for x, _ in outline], [y for _, y in outline]
            assert Box(min(xs), min(ys), max(xs), max(ys)).rounded(1) == cell.box.rounded(1)
        slanted = [o for o in page.outlines.values() if abs(o[0][1] - o[2][1]) > 2]
        assert len(slanted) > 5, "the photo is taken from the side"


def test_the_command_prints_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "pictures"
    code = run_command(["inspect", str(FIXTURES / "project_digital.pdf"), "--page", "1", "--out", str(out)])
    printed = capsys.readouterr().out.splitlines()
    assert code == 0
    assert str(out / "index.html") in printed
    assert all(Path(line).is_file() for line in printed)
    assert run_command(["inspect", str(tmp_path / "none.pdf"), "--out", str(out)]) == 2
    assert "none.pdf: it does not exist" in capsys.readouterr().err


def test_stages_of_a_text_page_are_the_reading_itself() -> None:
    stages = a_page()
    assert stages.tables is stages.reading.tables
    assert replace(stages, upright=None) == stages
    assert np.isclose(stages.rules[0].height, 0.5)
