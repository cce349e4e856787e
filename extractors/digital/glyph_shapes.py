"""Whether the characters of a text layer look like what they are said to be.

A font's map to Unicode may be wrong, by accident or on purpose: a page prints 100 and its text says 208.
Every distinct character of the page is looked at once, as the page draws it, and compared with the mean shape
of the character it claims to be and with those of all others on the page. In an honest layer nearly each is
nearest to its own (.93 to 1.0 of them over the faces of Debian, .4 at least in a face that no shape was made
from); under a wrong map next to none is.

Shapes are pictures of the ink alone, its longer side scaled to 12 px, so neither size nor position counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.records import Image

Shape: TypeAlias = npt.NDArray[np.float32]  # SIDE x SIDE, 0 paper .. 255 ink

SIDE = 12
TILES_A_ROW = 64
STYLES = 2  # book faces, Kai
FIGURES = "0123456789"
INK = 160  # darker is ink, on a page drawn black on white


def _usual_ideographs() -> str:
    """The 3,755 of level 1 of GB 2312, by their code."""
    codes = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return "".join(code.decode("gb2312", "ignore") for code in codes)


CHARACTERS = _usual_ideographs() + FIGURES
_NUMBER = {character: k for k, character in enumerate(CHARACTERS)}


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of the distinct ideographs and figures: how many were compared, and how many look like themselves."""

    ideographs: int
    agreeing: int
    figures: int
    agreeing_figures: int


def is_known(character: str) -> bool:
    """Whether there is a shape to compare the character with."""
    return character in _NUMBER


def character_shape(picture: Image) -> Shape | None:
    """The shape of a character drawn dark on white (gray ``h x w``); None where there is no ink."""
    left, top, width, height = cv2.boundingRect((picture < INK).view(np.uint8))
    if not width:
        return None
    ink = 255 - picture[top : top + height, left : left + width]
    side = max(height, width)
    square = np.zeros((side, side), np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = ink
    return np.asarray(cv2.resize(square, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32)


def agreement(seen: Mapping[str, Shape]) -> Agreement:
    """Compare each known character with its own mean shape and with those of the others on the page."""
    ideographs = [character for character in seen if is_known(character) and character not in FIGURES]
    figures = [character for character in seen if character in FIGURES]
    return Agreement(
        len(ideographs), _nearest_to_itself(seen, ideographs), len(figures), _nearest_to_itself(seen, figures)
    )


def _nearest_to_itself(seen: Mapping[str, Shape], characters: list[str]) -> int:
    if not characters:
        return 0
    drawn = _normalised(np.stack([seen[character] for character in characters]))
    numbers = [_NUMBER[character] for character in characters]
    # einsum, not @: products this small cost a threaded BLAS more to share out than to make.
    likeness = np.max([np.einsum("ik,jk->ij", drawn, style[numbers]) for style in _mean_shapes()], axis=0)
    return int((likeness.argmax(axis=1) == np.arange(len(characters))).sum())


@cache
def _mean_shapes() -> tuple[npt.NDArray[np.float32], ...]:
    """Of each style the normalised mean shapes, in the order of CHARACTERS."""
    data = files("goaltables.extractors.data").joinpath("glyph_shapes.png").read_bytes()
    sheet = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE), np.float32)
    tiles = sheet.reshape(-1, SIDE, TILES_A_ROW, SIDE).swapaxes(1, 2).reshape(-1, SIDE, SIDE)
    count = len(CHARACTERS)
    return tuple(_normalised(tiles[k * count : (k + 1) * count]) for k in range(STYLES))


def _normalised(shapes: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Flattened, mean 0, length 1: the product of two is their correlation."""
    flat = shapes.reshape(len(shapes), -1)
    centred = flat - flat.mean(axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-6), np.float32)
