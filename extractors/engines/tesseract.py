"""Tesseract with Debian's ``chi_sim`` data, through pytesseract: the declared fallback.

pytesseract starts a process per call (about 170 ms), so many lines are stacked into one picture, a montage,
and the words that come back are dealt out to the lines by their height in it (about 14 ms a line).

What it cannot do is declared, not hidden: the character set of ``chi_sim`` has no ≥ ≤ ＝ ％ ～ — √ ○. It
answers with the nearest sign it knows ("≥95%" -> "295%", "100%" -> "1009%4"), often in full confidence. Every
line that may hold such a sign carries the flag ``operator-unreadable`` and no probability above one half.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from goaltables.errors import DependencyMissing, LimitExceeded
from goaltables.extractors.engines.line_pieces import cut_wide_line
from goaltables.records import Image, LineReading, OcrEngine

LANGUAGE = "chi_sim"
OPERATOR_UNREADABLE = "operator-unreadable"

LINE_HEIGHT = 48  # px: characters of about 36 px, what the model was trained on (300 dpi)
GAP = 30  # px of paper between two lines of a montage
MARGIN = 24  # px of paper around a montage
WIDEST_LINE = 2400  # px
LINES_A_CALL = 60
SECONDS_A_CALL = 180

_REMEDY = "apt-get install tesseract-ocr tesseract-ocr-chi-sim"


def build() -> OcrEngine:
    """Find the program and its Chinese data.

    Raises:
        DependencyMissing: pytesseract, the tesseract program or the ``chi_sim`` data is not installed.

    """
    try:
        import pytesseract
    except ModuleNotFoundError as error:
        raise DependencyMissing("pytesseract", "pip install 'goaltables[tesseract]'") from error
    program: str = pytesseract.pytesseract.tesseract_cmd
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # its threads cost more CPU than they save time
    return TesseractEngine(pytesseract, *program_and_data(program))


def program_and_data(program: str) -> tuple[str, str]:
    """(version of the program, start of the hash of its chi_sim data)."""
    try:
        version = _answer(program, "--version").split("\n")[0].removeprefix("tesseract").strip()
        languages = _answer(program, "--list-langs")
    except FileNotFoundError as error:
        raise DependencyMissing("the tesseract program", _REMEDY) from error
    if LANGUAGE not in languages.split():
        raise DependencyMissing(f"tesseract's {LANGUAGE} data", _REMEDY)
    folder = re.search(r'"(.+?)"', languages)
    data = Path(folder.group(1) if folder else "") / f"{LANGUAGE}.traineddata"
    digest = hashlib.sha256(data.read_bytes()).hexdigest()[:12] if data.is_file() else "unknown"
    return version, digest


def _answer(program: str, option: str) -> str:
    command = [program, option]
    done = subprocess.run(command, capture_output=True, check=False, timeout=30)  # noqa: S603 - pytesseract's own program
    return (done.stdout or done.stderr).decode("utf-8", "replace")


class TesseractEngine:
    """Reads montages of lines, one process a montage."""

    name = "tesseract"
    licence = "Apache-2.0"

    def __init__(self, pytesseract: Any, program_version: str, data_digest: str) -> None:
        self._tesseract = pytesseract
        self.version = f"tesseract {program_version} {LANGUAGE}@{data_digest}"

    def read(self, lines: Sequence[Image]) -> list[LineReading]:
        """Read upright line pictures; a line that may hold a sign is flagged ``operator-unreadable``."""
        pieces = [(number, piece) for number, line in enumerate(lines) for piece in _as_pieces(line)]
        words: list[list[tuple[str, float]]] = [[] for _ in lines]
        for start in range(0, len(pieces), LINES_A_CALL):
            batch = pieces[start : start + LINES_A_CALL]
            for row, text, probability in self._read_montage([piece for _, piece in batch]):
                words[batch[row][0]].append((text, probability))
        return [_as_reading(found) for found in words]

    def _read_montage(self, pieces: Sequence[Image]) -> Iterator[tuple[int, str, float]]:
        """(number of the piece, word, probability), each piece's words from left to right."""
        try:
            table = self._tesseract.image_to_data(
                _montage(pieces),
                lang=LANGUAGE,
                config="--psm 6 --dpi 300",
                timeout=SECONDS_A_CALL,
                output_type=self._tesseract.Output.DICT,
            )
        except RuntimeError as error:
            raise LimitExceeded(f"tesseract took more than {SECONDS_A_CALL} s for one montage") from error
        found = []
        for text, confidence, left, top, height in zip(
            table["text"], table["conf"], table["left"], table["top"], table["height"], strict=True
        ):
            if text.strip() and float(confidence) >= 0:
                row = int((top + height / 2 - MARGIN + GAP / 2) // (LINE_HEIGHT + GAP))
                found.append((min(max(row, 0), len(pieces) - 1), left, text.strip(), float(confidence) / 100))
        for row, _, text, probability in sorted(found):
            yield row, text, min(probability, 1.0)


def _as_pieces(line: Image) -> list[Image]:
    """The line in gray, 48 px high, cut where it is too wide; an empty picture gives none."""
    if line.size == 0:
        return []
    gray = line if line.ndim == 2 else cv2.cvtColor(line, cv2.COLOR_BGR2GRAY)
    height, width = gray.shape
    scaled_width = min(max(1, round(width * LINE_HEIGHT / height)), WIDEST_LINE * 20)
    way = cv2.INTER_AREA if height > LINE_HEIGHT else cv2.INTER_CUBIC
    scaled = np.asarray(cv2.resize(gray, (scaled_width, LINE_HEIGHT), interpolation=way), np.uint8)
    return cut_wide_line(scaled, WIDEST_LINE)


def _montage(pieces: Sequence[Image]) -> Image:
    width = max(piece.shape[1] for piece in pieces)
    pitch = LINE_HEIGHT + GAP
    sheet = np.full((2 * MARGIN + pitch * len(pieces) - GAP, width + 2 * MARGIN), 255, np.uint8)
    for row, piece in enumerate(pieces):
        top = MARGIN + row * pitch
        sheet[top : top + LINE_HEIGHT, MARGIN : MARGIN + piece.shape[1]] = piece
    return sheet


def _as_reading(words: Sequence[tuple[str, float]]) -> LineReading:
    """Join the words of a line (chi_sim parts any two by a blank); its word lends a character confidence."""
    text = "".join(word for word, _ in words)
    probabilities = tuple(probability for word, probability in words for _ in word)
    if not _may_hold_sign(text):
        return LineReading(text, probabilities)
    return LineReading(text, tuple(min(p, 0.5) for p in probabilities), (OPERATOR_UNREADABLE,))


def _may_hold_sign(text: str) -> bool:
    """Whether a sign the model lacks may stand on the line: digits, signs, or a mark of its own (√ -> 人)."""
    return len(text) == 1 or any(
        not ("\u4e00" <= c <= "\u9fff" or c in "，。、；：（）()“”《》") for c in text
    )
