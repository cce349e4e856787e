"""Crops: from an id of the dataset back to the printed cells, and never from another file's."""

from __future__ import annotations

import io
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from made_records import a_document, a_failure, put
from PIL import Image

from goaltables.document import Document
from goaltables.errors import UnreadableInput, UnsupportedDocument, UsageError
from goaltables.pipeline.cli import run_command
from goaltables.pipeline.dataset.frames import load_records
from goaltables.pipeline.dataset.ids import parse_id
from goaltables.pipeline.inspect.cropping import CellsOfPage, cells_of, crop_png
from goaltables.pipeline.settings import ReadSettings
from goaltables.records import Box

SETTINGS = ReadSettings()


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        return picture


class TestPlaces:
    def places(self, row: str, document: Document | None = None) -> list[tuple[int, int]]:
        """(page, number of cells) of each page that shows the row."""
        found = cells_of(document or a_document(), parse_id(row))
        return [(place.page, len(place.boxes)) for place in found]

    @pytest.mark.parametrize(
        ("row", "places"),
        [
            ("a.pdf#p2-1/i1", [(2, 3)]),
            ("a.pdf#p2-1/b1", [(2, 1)]),
            ("a.pdf#p2-1/f1", [(2, 1)]),
            ("a.pdf#p2-1/e1", [(2, 1)]),
            ("a.pdf#p2-1", [(2, 1)]),
            ("a.pdf#page2", [(2, 0)]),
            ("a.pdf#/f1", []),
            ("a.pdf", []),
        ],
    )
    def test_every_kind_of_row_has_its_place(self, row: str, places: list[tuple[int, int]]) -> None:
        assert self.places(row) == places

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ("a.pdf#p2-1/i2", "1 rows in indicators"),
            ("a.pdf#p2-1/i0", "count from 1"),
            ("a.pdf#p2-9/i1", "no table p2-9; there are: p2-1"),
            ("a.pdf#/i1", "0 rows in indicators"),
        ],
    )
    def test_what_does_not_exist_is_named(self, row: str, message: str) -> None:
        with pytest.raises(UsageError, match=message):
            self.places(row)

    def test_boxes_are_those_of_the_record(self) -> None:
        (place,) = cells_of(a_document(), parse_id("a.pdf#p2-1/i1"))
        assert place == CellsOfPage(
            2, (Box(100, 20, 200.5, 40), Box(200.5, 20, 260, 40), Box(10, 20, 50, 80))
        )


class TestPictures:
    def test_the_cells_are_bright_and_the_page_around_them_pale(self, fixtures_out: Path) -> None:
        indicators = load_records(fixtures_out)["indicators"]
        row = indicators[indicators["table_id"] == "seed_digital.pdf#p1-1"].iloc[0]
        picture = opened(crop_png(fixtures_out, row["indicator_id"], SETTINGS))
        assert picture.text == {  # type: ignore[attr-defined]
            "goaltables:id": row["indicator_id"],
            "goaltables:sha256": load_records(fixtures_out)["documents"].set_index("document")["sha256"][
                "seed_digital.pdf"
            ],
        }
        x0, y0, x1, y1 = map(float, row["bbox"].split())
        scale = 200 / 72
        assert picture.width >= (x1 - x0) * scale
        pixels = np.asarray(picture.convert("L"))
        assert pixels.min() < 60, "print inside the cells"
        frame = np.asarray(picture.convert("RGB")).reshape(-1, 3)
        assert (frame == (0x1F, 0x5F, 0xA8)).all(axis=1).sum() > 2 * (x1 - x0 + y1 - y0)

    def test_a_row_whose_label_stands_on_the_page_before_shows_both(self, fixtures_out: Path) -> None:
        indicators = load_records(fixtures_out)["indicators"]
        of_seed = indicators[indicators["table_id"] == "seed_digital.pdf#p1-1"]
        over_the_break = of_seed[(of_seed["page"] == 2) & (of_seed["level1"] == "产出指标")].iloc[0]
        record = Document.model_validate_json(
            (fixtures_out / "documents" / "seed_digital.pdf.json").read_bytes()
        )
        pages = [place.page for place in cells_of(record, parse_id(over_the_break["indicator_id"]))]
        assert pages == [1, 2]
        both = opened(crop_png(fixtures_out, over_the_break["indicator_id"], SETTINGS))
        assert both.height > 400

    def test_every_row_of_the_dataset_can_be_drawn(self, fixtures_out: Path) -> None:
        frames = load_records(fixtures_out)
        for table, key in (("budget", "budget_id"), ("execution", "execution_id"), ("pages", "page_id")):
            names = [name for name in frames[table][key] if ".pdf#" in name]
            assert names, table
            opened(crop_png(fixtures_out, names[0], SETTINGS))

    def test_a_file_without_paper_has_no_picture(self, fixtures_out: Path) -> None:
        with pytest.raises(UnsupportedDocument, match="no paper"):
            crop_png(fixtures_out, "seed_dump.txt#p1-1/i1", SETTINGS)


class TestOriginal:
    @pytest.fixture
    def out(self, fixtures_out: Path, tmp_path: Path) -> Path:
        """OUT whose original may be changed: (OUT, the ledger names tmp_path/a.pdf)."""
        out = tmp_path / "out"
        out.mkdir()
        shutil.copytree(fixtures_out / "documents", out / "documents")
        shutil.copy(fixtures_out / "ledger.sqlite", out)
        with closing(sqlite3.connect(out / "ledger.sqlite")) as ledger, ledger:
            ledger.execute("UPDATE record SET input = ?", (bytes(tmp_path / "a.pdf"),))
        return out

    def test_a_file_that_is_gone_is_told(self, out: Path) -> None:
        with pytest.raises(UnreadableInput, match="cannot be opened"):
            crop_png(out, "seed_digital.pdf#p1-1/i1", SETTINGS)

    def test_another_file_under_its_name_is_refused(self, out: Path, tmp_path: Path) -> None:
        (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 another one")
        with pytest.raises(UnreadableInput, match="SHA-256 differs"):
            crop_png(out, "seed_digital.pdf#p1-1/i1", SETTINGS)

    def test_a_ledger_that_does_not_know_is_told(self, tmp_path: Path) -> None:
        out = put(tmp_path, {"a.pdf": a_document()})
        with pytest.raises(UnreadableInput, match="run digitize again"):
            crop_png(out, "a.pdf#p2-1/i1", SETTINGS)

    @pytest.mark.parametrize(
        "row", ["../../secret#p1-1/i1", "/etc/passwd", "b.pdf", "", "#p1-1", "a.pdf.json"]
    )
    def test_an_id_never_leads_out_of_the_records(self, tmp_path: Path, row: str) -> None:
        out = put(tmp_path / "out" / "deep", {"a.pdf": a_failure()})
        (tmp_path / "secret.json").write_bytes(a_document().to_json())
        with pytest.raises(UsageError, match="no record"):
            crop_png(out, row, SETTINGS)


def test_the_command_writes_one_file_and_prints_it(
    fixtures_out: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_command(["crop", str(fixtures_out), "seed_digital.pdf#p1-1/b1"]) == 0
    (printed,) = capsys.readouterr().out.splitlines()
    assert [path.name for path in tmp_path.iterdir()] == [printed]
    assert run_command(["crop", str(fixtures_out), "seed_digital.pdf#p1-1/b1", "--out", "x.png"]) == 0
    assert (tmp_path / "x.png").read_bytes() == (tmp_path / printed).read_bytes()
    assert run_command(["crop", str(fixtures_out), "seed_digital.pdf#p1-1/b99"]) == 2
