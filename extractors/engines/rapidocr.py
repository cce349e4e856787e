"""PP-OCRv6 (small) through onnxruntime: the default reader.

The recogniser's ONNX file lies inside the installed ``rapidocr`` wheel; rapidocr itself is never imported.
Its own pipeline pads lines to batches and turns short values upside down ("≥98%" -> "%86<"), so lines go
through one by one here, at their exact width, on one thread: half the time of rapidocr's defaults and flat
memory.

The model answers every 8 pixels of a 48 px high line with scores for 18,710 classes: a blank, the 18,708
characters of its dictionary (kept in the model's metadata) and the space; ``ctc.py`` reads that answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.errors import DependencyMissing
from goaltables.extractors.engines.ctc import Posteriors, greedy, joined, with_hypotheses
from goaltables.extractors.engines.line_pieces import cut_wide_line
from goaltables.records import Image, LineReading, OcrEngine

MODEL_FILE = "PP-OCRv6_rec_small.onnx"
LINE_HEIGHT = 48  # px, fixed by the model
WIDTH_STEP = 8  # px of line per step of the answer
# 40 characters of a full-height line. The answer holds 18,710 floats a step, and the runtime keeps the memory
# of its widest line for good: without a cap one banner costs hundreds of megabytes.
WIDEST_LINE = 1920  # px


def build() -> OcrEngine:
    """Load the model of the installed rapidocr wheel.

    Raises:
        DependencyMissing: onnxruntime, or the rapidocr wheel with its model, is not installed.

    """
    return RapidOcrEngine(find_model())


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
    """One recogniser session. Made in the process that uses it; not shared between threads."""

    name = "rapidocr"
    licence = "Apache-2.0"

    def __init__(self, model: Path) -> None:
        try:
            import onnxruntime
        except ModuleNotFoundError as error:
            raise DependencyMissing("onnxruntime", "pip install onnxruntime") from error
        content = model.read_bytes()
        digest = hashlib.sha256(content).hexdigest()[:12]
        self.version = f"{model.stem}@{digest} onnxruntime {onnxruntime.__version__}"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3  # warnings about the machine (no GPU …) are not the user's business
        self._session: Any = onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"]
        )
        self._input: str = self._session.get_inputs()[0].name
        dictionary = self._session.get_modelmeta().custom_metadata_map["character"].split("\n")
        self.alphabet: tuple[str, ...] = ("", *dictionary, " ")

    def read(self, lines: Sequence[Image]) -> list[LineReading]:
        """Read upright line pictures, one by one; a line wider than the cap is read in pieces."""
        return [self._read_line(line) for line in lines]

    def posteriors(self, line: Image) -> Posteriors:
        """Class probabilities ``(steps, len(alphabet))`` of a line no wider than the cap."""
        answer: Posteriors = self._session.run(None, {self._input: _as_model_input(line)})[0][0]
        return answer

    def _read_line(self, line: Image) -> LineReading:
        if line.size == 0:
            return LineReading("")
        height, width = line.shape[:2]
        widest = max(1, WIDEST_LINE * height // LINE_HEIGHT)
        pieces = cut_wide_line(line, widest) if width > widest else [line]
        posteriors = [self.posteriors(piece) for piece in pieces]
        read = [
            greedy(answer, self.alphabet, WIDTH_STEP * height / (LINE_HEIGHT * piece.shape[1]))
            for answer, piece in zip(posteriors, pieces, strict=True)
        ]
        if len(pieces) == 1:
            return with_hypotheses(read[0], posteriors[0], self.alphabet)
        return joined(read, [piece.shape[1] for piece in pieces])


def _as_model_input(line: Image) -> npt.NDArray[np.float32]:
    """``h x w (x 3)`` uint8 -> ``1 x 3 x 48 x W`` in [-1, 1], aspect kept, W padded white to a step."""
    height, width = line.shape[:2]
    scaled_width = max(WIDTH_STEP, round(width * LINE_HEIGHT / height))
    scaled_width = min(scaled_width, WIDEST_LINE)
    shrinks = height > LINE_HEIGHT
    scaled = cv2.resize(
        line, (scaled_width, LINE_HEIGHT), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    )
    if scaled.ndim == 2:
        scaled = cv2.cvtColor(scaled, cv2.COLOR_GRAY2BGR)
    padded_width = -(-scaled_width // WIDTH_STEP) * WIDTH_STEP
    padded = np.full((1, 3, LINE_HEIGHT, padded_width), 1.0, np.float32)
    padded[0, :, :, :scaled_width] = scaled.transpose(2, 0, 1) / np.float32(127.5) - 1
    return padded
