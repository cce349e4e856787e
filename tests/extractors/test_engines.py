"""What every engine must do, and what each of them reads on the pictures of fixtures/readings."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from goaltables.errors import DependencyMissing, UsageError
from goaltables.extractors import engines
from goaltables.extractors.engines import (
    build_engine,
    fast_model,
    line_pieces,
    rapidocr,
    recogniser,
    tesseract,
)
from goaltables.extractors.engines.recogniser import Recogniser
from goaltables.records import Image, OcrEngine

READINGS = Path(__file__).resolve().parents[2] / "fixtures" / "readings"
LINES: dict[str, str] = json.loads((READINGS / "readings.json").read_text("utf-8"))["lines"]


def picture(name: str) -> Image:
    decoded = cv2.imdecode(np.frombuffer((READINGS / name).read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert decoded is not None
    return np.asarray(decoded, np.uint8)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("rapidocr", marks=pytest.mark.engine),
        pytest.param("tesseract", marks=pytest.mark.tesseract),
        "null",
    ],
)
def engine(request: pytest.FixtureRequest) -> OcrEngine:
    name: str = request.param
    if name == "tesseract" and not tesseract_is_there():
        pytest.skip("tesseract with chi_sim is not installed")
    return build_engine(name)


def tesseract_is_there() -> bool:
    try:
        build_engine("tesseract")
    except DependencyMissing:
        return False
    return True


needs_tesseract = pytest.mark.skipif(
    not tesseract_is_there(), reason="tesseract with chi_sim is not installed"
)


def odd_pictures() -> list[Image]:
    random = np.random.default_rng(5)
    white, black = np.uint8(255), np.uint8(0)
    return [
        np.full((1, 1), white),
        np.full((40, 200), white),
        np.full((40, 200), black),
        np.full((3, 60), white),
        np.full((60, 1), black),
        np.asarray(random.integers(0, 256, (32, 120)), np.uint8),
        np.asarray(random.integers(0, 256, (32, 120, 3)), np.uint8),
        np.zeros((0, 30), np.uint8),
        np.full((4, 1200), white),
    ]


def test_contract_identity(engine: OcrEngine) -> None:
    assert engine.name
    assert engine.version
    assert engine.licence


def test_contract_one_answer_a_line(engine: OcrEngine) -> None:
    pictures = [picture(name) for name in LINES]
    for batch in ([], pictures[:1], pictures):
        readings = engine.read(batch)
        assert len(readings) == len(batch)
        for reading in readings:
            assert len(reading.probabilities) == len(reading.text)
            assert all(0.0 <= p <= 1.0 for p in reading.probabilities)


def test_contract_odd_pictures(engine: OcrEngine) -> None:
    readings = engine.read(odd_pictures())
    assert len(readings) == len(odd_pictures())
    for reading in readings:
        assert len(reading.probabilities) == len(reading.text)


def test_contract_same_answer_again(engine: OcrEngine) -> None:
    lines = [picture("name_song.png"), picture("at_least.png")]
    assert engine.read(lines) == engine.read(lines)


def test_contract_order_and_colour(engine: OcrEngine) -> None:
    """Gray or BGR, alone or among others: a line reads the same."""
    line = picture("name_hei.png")
    other = picture("goal_song.png")
    in_colour = np.asarray(cv2.cvtColor(line, cv2.COLOR_GRAY2BGR), np.uint8)
    gray, _, colour = (reading.text for reading in engine.read([line, other, in_colour]))
    assert gray == colour


@pytest.mark.engine
@pytest.mark.parametrize("name", LINES)
def test_rapidocr_reads(name: str, reader: OcrEngine) -> None:
    reading = reader.read([picture(name)])[0]
    assert reading.text.replace(" ", "") == LINES[name]
    assert reading.confidence > 0.5


@pytest.fixture(scope="module")
def reader() -> OcrEngine:
    return build_engine("rapidocr")


@pytest.mark.engine
def test_rapidocr_is_default_and_names_its_model(reader: OcrEngine) -> None:
    assert build_engine().version == reader.version
    assert reader.version.startswith("PP-OCRv6_rec_small@")


@pytest.mark.engine
def test_rapidocr_reads_lines_wider_than_its_cap(reader: OcrEngine) -> None:
    """Cut at gaps, read in pieces, joined: nothing doubled, nothing lost."""
    line = picture("name_song.png")
    wide = np.concatenate([line] * 12, axis=1)
    assert wide.shape[1] * recogniser.LINE_HEIGHT / wide.shape[0] > recogniser.WIDEST_LINE
    assert reader.read([wide])[0].text == LINES["name_song.png"] * 12


@pytest.mark.engine
def test_the_recogniser_gives_a_probability_for_each_class_of_its_alphabet() -> None:
    loaded = Recogniser(rapidocr.find_model())
    posteriors = loaded.posteriors(picture("at_least.png"))
    assert posteriors.shape[1] == len(loaded.alphabet)
    assert np.allclose(posteriors.sum(axis=1), 1.0, atol=1e-3)


@pytest.mark.tesseract
@needs_tesseract
def test_tesseract_reads_names_and_marks_signs() -> None:
    """The operator of every value is flagged, whatever it was read as; plain Chinese is not."""
    names = list(LINES)
    readings = dict(zip(names, build_engine("tesseract").read([picture(n) for n in names]), strict=True))
    for name in ("at_least.png", "at_most.png", "equals.png", "date_kai.png"):
        assert readings[name].flags == (tesseract.OPERATOR_UNREADABLE,)
        assert readings[name].confidence <= 0.5
    assert readings["name_song.png"].text == LINES["name_song.png"]
    assert readings["name_song.png"].flags == ()
    assert not set("≥≤≧≦＝％～—√○〇") & set("".join(reading.text for reading in readings.values()))


@pytest.mark.tesseract
@needs_tesseract
def test_tesseract_deals_a_montage_out_to_its_lines() -> None:
    """A line without a word in the middle of a montage does not shift the others."""
    blank = np.full((40, 300), 255, np.uint8)
    line = picture("name_song.png")
    readings = build_engine("tesseract").read([line, blank, line, blank, blank, line])
    name = LINES["name_song.png"]
    assert [reading.text for reading in readings] == [name, "", name, "", "", name]


def test_unknown_engine() -> None:
    with pytest.raises(UsageError, match="null, rapidocr, tesseract"):
        build_engine("abbyy")


def test_registry_names_modules_that_exist() -> None:
    for module in engines.ENGINES.values():
        assert find_spec(module) is not None


def test_missing_wheel_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rapidocr, "find_spec", lambda _name: None)
    with pytest.raises(DependencyMissing) as caught:
        rapidocr.build()
    assert caught.value.exit_code == 3
    assert "pip install rapidocr" in caught.value.remedy


def test_wheel_without_the_model_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rapidocr, "MODEL_FILE", "no_such_model.onnx")
    with pytest.raises(DependencyMissing, match=r"no_such_model\.onnx"):
        rapidocr.build()


def test_missing_program_is_told_with_its_remedy() -> None:
    with pytest.raises(DependencyMissing) as caught:
        tesseract.program_and_data("/no/such/tesseract")
    assert "tesseract-ocr-chi-sim" in caught.value.remedy


def test_missing_language_is_told(tmp_path: Path) -> None:
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\necho 'List of available languages in \"/none\" (1):'\necho eng\n", "utf-8")
    program.chmod(0o755)
    with pytest.raises(DependencyMissing, match="chi_sim"):
        tesseract.program_and_data(str(program))


def test_wide_line_is_cut_in_gaps_only() -> None:
    """Pieces put side by side are the line again, and no stroke is cut where a gap is in reach."""
    line = np.full((48, 3000), 255, np.uint8)
    for left in range(10, 2960, 50):
        line[8:40, left : left + 30] = 0
    pieces = line_pieces.cut_wide_line(line, 700)
    assert max(piece.shape[1] for piece in pieces) <= 700
    assert np.array_equal(np.concatenate(pieces, axis=1), line)
    for piece in pieces[1:]:
        assert piece[:, 0].min() == 255


def test_wide_line_without_a_gap_is_still_cut() -> None:
    pieces = line_pieces.cut_wide_line(np.zeros((20, 1001), np.uint8), 300)
    assert max(piece.shape[1] for piece in pieces) <= 300
    assert sum(piece.shape[1] for piece in pieces) == 1001


@pytest.mark.engine
def test_the_fast_reader_is_made_once_and_reads_as_the_exact_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    model = rapidocr.find_model()
    made = fast_model.fast_model(model)
    assert made is not None, fast_model.why_not(model)
    monkeypatch.setattr(fast_model, "_make", lambda *_: pytest.fail("it was made a second time"))
    fast = build_engine(fast=True)
    assert "int8" in fast.version
    assert [reading.text for reading in fast.read([picture(name) for name in LINES])] == list(LINES.values())


@pytest.mark.engine
def test_without_a_place_to_keep_it_the_fast_reader_is_the_exact_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder", "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert build_engine(fast=True).version == build_engine().version


@pytest.mark.engine
def test_an_integer_model_that_was_refused_is_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    model = rapidocr.find_model()

    def judged(model: Path, made: Path) -> None:
        made.parent.mkdir(parents=True, exist_ok=True)
        made.with_suffix(".refused").write_text("3 of 120 lines are read otherwise in integers", "utf-8")

    monkeypatch.setattr(fast_model, "_make", judged)
    assert fast_model.fast_model(model) is None
    monkeypatch.setattr(fast_model, "_make", lambda *_: pytest.fail("it was made again"))
    assert fast_model.fast_model(model) is None
    assert "120 lines" in (fast_model.why_not(model) or "")
    assert build_engine(fast=True).version == build_engine().version


def test_the_lines_it_is_judged_by_are_whole() -> None:
    sheet = fast_model.line_sheet()
    assert len(sheet.measured) >= 50
    assert len(sheet.judged) >= 100
    assert all(text and line.min() < 200 < line.max() for line, text in sheet.judged)
