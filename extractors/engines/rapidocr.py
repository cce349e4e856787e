"""PP-OCRv6 (small) through onnxruntime: the default reader.

The recogniser's ONNX file lies inside the installed ``rapidocr`` wheel; rapidocr itself is never imported.
Its own pipeline pads lines to batches and turns short values upside down ("≥98%" -> "%86<").

The fast form reads lines in 8-bit integers first (``int8_model.py``), and in floats again where that reading
is doubtful. What integers read wrong they are seldom sure of, but for three things: a lone mark, a ≤ that
lost its bar, a line they see nothing on. Those are read again whatever they say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from goaltables.errors import DependencyMissing
from goaltables.extractors.engines.ctc import greedy, joined, with_hypotheses
from goaltables.extractors.engines.line_pieces import cut_wide_line
from goaltables.extractors.engines.recogniser import LINE_HEIGHT, WIDEST_LINE, WIDTH_STEP, Recogniser
from goaltables.records import Image, LineReading, OcrEngine

MODEL_FILE = "PP-OCRv6_rec_small.onnx"
BELIEVED = 0.9  # an integer reading less sure than this is read again in floats
NEVER_BELIEVED = frozenset("<>＜＞")


def build() -> OcrEngine:
    """Load the model of the installed rapidocr wheel.

    Raises:
        DependencyMissing: onnxruntime, or the rapidocr wheel with its model, is not installed.

    """
    return RapidOcrEngine(find_model())


def build_fast() -> OcrEngine:
    """As `build`, with the model in integers before it where that reads as well on this machine."""
    from goaltables.extractors.engines.fast_model import fast_model

    model = find_model()
    return RapidOcrEngine(model, fast_model(model))


def find_model() -> Path:
    """Where the recogniser's ONNX file lies, found without importing rapidocr.

    Raises:
        DependencyMissing: rapidocr is not installed, or its wheel no longer carries this model.

    """
    spec = find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise DependencyMissing(
            "rapidocr (the wheel that carries the PP-OCRv6 model)", "pip install rapidocr"
        )
    path = Path(next(iter(spec.submodule_search_locations))) / "models" / MODEL_FILE
    if not path.is_file():
        raise DependencyMissing(
            f"{MODEL_FILE} (a model inside rapidocr 3.10)", "pip install rapidocr==3.10.0"
        )
    return path


class RapidOcrEngine:
    """The recogniser in floats, and in integers where `fast` names its file."""

    name = "rapidocr"
    licence = "Apache-2.0"

    def __init__(self, model: Path, fast: Path | None = None) -> None:
        with model.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()[:12]
        self._floats = Recogniser(model)
        self._integers = Recogniser(fast) if fast is not None else None
        self.alphabet = self._floats.alphabet
        form = " int8" if fast is not None else ""
        self.version = f"{model.stem}@{digest}{form} onnxruntime {metadata.version('onnxruntime')}"

    def read(self, lines: Sequence[Image]) -> list[LineReading]:
        """Read upright line pictures, one by one; a line wider than the cap is read in pieces."""
        return [self._read_line(line) for line in lines]

    def _read_line(self, line: Image) -> LineReading:
        if line.size == 0:
            return LineReading("")
        height, width = line.shape[:2]
        widest = max(1, WIDEST_LINE * height // LINE_HEIGHT)
        pieces = cut_wide_line(line, widest) if width > widest else [line]
        read = [self._read_piece(piece) for piece in pieces]
        return read[0] if len(read) == 1 else joined(read, [piece.shape[1] for piece in pieces])

    def _read_piece(self, piece: Image) -> LineReading:
        if self._integers is not None:
            reading = self._read_by(self._integers, piece)
            if _is_believed(reading):
                return reading
        return self._read_by(self._floats, piece)

    def _read_by(self, recogniser: Recogniser, piece: Image) -> LineReading:
        posteriors = recogniser.posteriors(piece)
        step_share = WIDTH_STEP * piece.shape[0] / (LINE_HEIGHT * piece.shape[1])
        return with_hypotheses(greedy(posteriors, self.alphabet, step_share), posteriors, self.alphabet)


def _is_believed(reading: LineReading) -> bool:
    """Whether what integers read needs no second look."""
    return (
        len(reading.text) > 1
        and reading.confidence >= BELIEVED
        and not NEVER_BELIEVED.intersection(reading.text)
    )
