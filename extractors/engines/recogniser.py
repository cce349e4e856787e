"""One session of the PP-OCRv6 recogniser: a line picture in, class probabilities out.

The model answers every 8 pixels of a 48 px high line with probabilities for 18,710 classes: a blank, the
18,708 characters of its dictionary (kept in the model's metadata) and the space; ``ctc.py`` reads that
answer. Lines go through one by one, at their exact width, on one thread: half the time of padded batches, and
flat memory.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.errors import DependencyMissing
from goaltables.extractors.engines.ctc import Posteriors
from goaltables.records import Image

LINE_HEIGHT = 48  # px, fixed by the model
WIDTH_STEP = 8  # px of line per step of the answer
# 40 characters of a full-height line. The answer holds 18,710 floats a step: without a cap one banner costs
# hundreds of megabytes.
WIDEST_LINE = 1920  # px


class Recogniser:
    """A loaded model. Made in the process that uses it; not shared between threads."""

    def __init__(self, model: Path) -> None:
        try:
            import onnxruntime
        except ModuleNotFoundError as error:
            raise DependencyMissing("onnxruntime", "pip install onnxruntime") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # The arena keeps the most that any line ever took: 45 MB for no time gained.
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3  # warnings about the machine (no GPU …) are not the user's business
        self._session: Any = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
        self._input: str = self._session.get_inputs()[0].name
        self._channels = int(self._session.get_inputs()[0].shape[1])

    @property
    def alphabet(self) -> tuple[str, ...]:
        """What each class stands for."""
        dictionary = self._session.get_modelmeta().custom_metadata_map["character"].split("\n")
        return ("", *dictionary, " ")

    def posteriors(self, line: Image) -> Posteriors:
        """Class probabilities ``(steps, classes)`` of a line picture; one wider than the cap is squeezed."""
        pixels = as_model_input(line)
        answer: Posteriors = self._session.run(None, {self._input: pixels[:, : self._channels]})[0][0]
        return answer


def as_model_input(line: Image) -> npt.NDArray[np.float32]:
    """``h x w (x 3)`` uint8 -> ``1 x 3 x 48 x W`` in [-1, 1], aspect kept, W padded white to a step.

    The three channels are the same gray: a recogniser of print needs no colour.
    """
    gray = line if line.ndim == 2 else np.asarray(cv2.cvtColor(line, cv2.COLOR_BGR2GRAY), np.uint8)
    height, width = gray.shape
    scaled_width = min(max(WIDTH_STEP, round(width * LINE_HEIGHT / height)), WIDEST_LINE)
    way = cv2.INTER_AREA if height > LINE_HEIGHT else cv2.INTER_LINEAR
    scaled = cv2.resize(gray, (scaled_width, LINE_HEIGHT), interpolation=way)
    padded_width = -(-scaled_width // WIDTH_STEP) * WIDTH_STEP
    padded = np.full((1, 3, LINE_HEIGHT, padded_width), 1.0, np.float32)
    padded[0, :, :, :scaled_width] = scaled / np.float32(127.5) - 1
    return padded
