"""‰ 千分号: a sign that recognisers know and hardly ever dare to say.

They have seen a thousand % for every ‰, and read 0.8‰ as 0.8% with the greatest confidence: wrong by ten.
What gives it away is the trace of a chance that ‰ keeps behind a figure, where a true % leaves it none, and
the shape: three rings of ink around paper, not two. Both together make it a ‰; the chance alone is told
(``per-mille-suspect``). Sometimes the third ring comes out as a character of its own: 0.8%0, 0.8%o.
"""

from __future__ import annotations

import re
from dataclasses import replace

import cv2
import numpy as np

from goaltables.records import Image, LineReading

PER_MILLE_SUSPECT = "per-mille-suspect"

_THIRD_RING = re.compile(r"(?<=\d)%[0oO](?![0-9.])")
_PERCENT = re.compile(r"(?<=\d)%")
RINGS = 3
WIDEST = 1.3  # of the line's height, from the middle of the sign to its right end
ENLARGED = 4  # rings of a few px close when they are cut at one level of gray
LEVELS = (0.35, 0.5, 0.65)
LEAST_HOLE = 6  # px of the enlarged picture


def with_per_mille(reading: LineReading, line: Image) -> LineReading:
    """The reading of a line picture (gray or BGR) with its ‰ where they are seen to be some."""
    reading = _with_third_rings(reading)
    if PER_MILLE_SUSPECT not in reading.flags or not reading.places:
        return reading
    seen = [
        match.start()
        for match in _PERCENT.finditer(reading.text)
        if _rings(line, reading.places[match.start() - 1], reading.places[match.start()]) >= RINGS
    ]
    if not seen:
        return reading
    text = "".join("‰" if k in seen else character for k, character in enumerate(reading.text))
    return replace(reading, text=text, hypotheses=None)


def _with_third_rings(reading: LineReading) -> LineReading:
    found = [match.start() for match in _THIRD_RING.finditer(reading.text)]
    if not found:
        return reading
    kept = [k for k in range(len(reading.text)) if k - 1 not in found]
    return replace(
        reading,
        text="".join("‰" if k in found else reading.text[k] for k in kept),
        probabilities=tuple(reading.probabilities[k] for k in kept if reading.probabilities),
        places=tuple(reading.places[k] for k in kept if reading.places),
        hypotheses=None,
    )


def _rings(line: Image, before: float, place: float) -> int:
    """The rings that are seen behind a figure at `before` in a sign at `place`, at the best level of gray."""
    height, width = line.shape[:2]
    gray = line if line.ndim == 2 else np.asarray(cv2.cvtColor(line, cv2.COLOR_BGR2GRAY), np.uint8)
    piece = gray[:, round((before + place) / 2 * width) : round(place * width + WIDEST * height)]
    if not piece.size:
        return 0
    large = cv2.resize(piece, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
    darkest = int(large.min())
    return max(_holes(np.asarray(large < darkest + (255 - darkest) * level, np.uint8)) for level in LEVELS)


def _holes(ink: Image) -> int:
    """Pieces of paper with ink all around."""
    framed = cv2.copyMakeBorder(ink, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    count, _, stats, _ = cv2.connectedComponentsWithStats(1 - framed, connectivity=4)
    outside = int(np.argmax(stats[1:, cv2.CC_STAT_AREA])) + 1 if count > 1 else 0
    areas = np.delete(stats[:, cv2.CC_STAT_AREA], [0, outside])
    return int(np.count_nonzero(areas >= LEAST_HOLE))
