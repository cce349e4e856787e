"""The print of a page, freed from its paper: what is read, and where there is ink.

A page picture carries shading (photos), yellow or gray paper, and very often a red seal (公章) over the
signature or right over the table. Black print under red ink is nearly as dark in the red channel as without
it, while the seal itself all but vanishes there; stretched (x 255/190, clipped) it is gone. Of 32 cells under
a seal, 30 are read right that way, 23 from the gray picture. The paper is divided out: it is white everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.records import Image

RED_EXCESS = 25  # red minus the greater of green and blue
LEAST_RED_SHARE = 0.0005  # of the page: less is colour noise of the scanner
RED_WHITE = 190  # a seal's brightness in the red channel: stretched to paper white


@dataclass(frozen=True, slots=True, eq=False)
class PagePrint:
    """A page ready for reading. All three are ``h x w`` in the pixels of the page picture.

    `gray`: the print on white paper. `ink`: where there is print. `red`: where there is red ink.
    """

    gray: Image
    ink: npt.NDArray[np.bool_]
    red: npt.NDArray[np.bool_]


def page_print(image: Image, em: float) -> PagePrint:
    """Free the print of a page picture (gray or BGR) from paper, shadow and red ink; `em` in px."""
    gray, red = _dark_channel(image)
    flat = _without_paper(gray, em)
    return PagePrint(flat, flat < _ink_threshold(flat), red)


def _dark_channel(image: Image) -> tuple[Image, npt.NDArray[np.bool_]]:
    if image.ndim == 2:
        return image, np.zeros(image.shape, np.bool_)
    blue, green, red_channel = cv2.split(image)
    excess = cv2.subtract(red_channel, cv2.max(green, blue))
    red = np.asarray(excess > RED_EXCESS)
    gray = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    if red.mean() < LEAST_RED_SHARE:
        return gray, np.zeros(gray.shape, np.bool_)
    stretched = np.asarray(cv2.convertScaleAbs(red_channel, alpha=255 / RED_WHITE), np.uint8)
    return stretched, red


def _without_paper(gray: Image, em: float) -> Image:
    """Divide by the paper: the brightest within 2.5 em, smoothed."""
    height, width = gray.shape
    small = cv2.resize(gray, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    reach = max(3, round(2.5 * em / 4)) | 1
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    paper = cv2.blur(paper, (reach, reach))
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(gray, np.maximum(paper, 1), scale=255), np.uint8)


def _ink_threshold(flat: Image) -> float:
    """Halfway between paper and the darkness of this page's print, but above the noise of the paper."""
    dark = flat[flat < 190]
    print_level = float(np.percentile(dark, 25)) if dark.size else 0.0
    return min(max(255 - 0.5 * (255 - print_level), 110.0), 205.0)
