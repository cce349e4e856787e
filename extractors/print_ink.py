"""The print of a page, freed from its paper: what is read, and where there is ink.

A page picture carries shading (photos), yellow or gray paper, and very often a red seal (公章) over the
signature or right over the table. Black print under red ink is nearly as dark in the red channel as without
it, while the seal all but vanishes there; stretched until the seal is white it is gone. Of 32 cells under
a seal, 30 are read right that way, 23 from the gray picture. Paper and shade are divided out.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.records import Image

RED_EXCESS = 25  # red minus the greater of green and blue
LEAST_RED_SHARE = 0.0005  # of the page: less is colour noise of the scanner
FAINTEST_INK = 205
PAPER_SLACK = 10
SEAL_PERCENTILE = 20  # of the red ink, how bright the red channel shows it: brighter becomes paper
SEAL_WHITE = (130.0, 200.0)  # between these; darker than the first would be print
RIM = 0.25  # em around red ink: JPEG keeps colour at half resolution, a stroke's rim is paler


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
    if image.ndim == 2:
        flat = _without_paper(image, em)
        red = np.zeros(image.shape, np.bool_)
    else:
        flat = _without_paper(np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8), em)
        red = _red_ink(image)
        if red.any():
            flat = _without_seal(flat, np.asarray(image[:, :, 2], np.uint8), red, em)
    return PagePrint(flat, flat < _ink_threshold(flat, em), red)


def _red_ink(image: Image) -> npt.NDArray[np.bool_]:
    """Where the picture is redder than its paper (warm light makes all paper a little red)."""
    blue, green, red = cv2.split(image)
    excess = cv2.subtract(red, cv2.max(green, blue))
    is_red = np.asarray(excess > float(np.median(excess[::8, ::8])) + RED_EXCESS)
    return is_red if is_red.mean() >= LEAST_RED_SHARE else np.zeros(is_red.shape, np.bool_)


def _without_seal(flat: Image, red_channel: Image, red: npt.NDArray[np.bool_], em: float) -> Image:
    """Near red ink, the print is what the red channel sees, stretched until the seal is paper."""
    seen = _without_paper(red_channel, em)
    white = min(max(float(np.percentile(seen[red], SEAL_PERCENTILE)), SEAL_WHITE[0]), SEAL_WHITE[1])
    stretched = cv2.convertScaleAbs(seen, alpha=255 / white)
    reach = round(RIM * em) | 1
    near = cv2.dilate(red.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    return np.asarray(np.where(near, np.maximum(flat, stretched), flat), np.uint8)


def _without_paper(gray: Image, em: float) -> Image:
    """Divide by the paper: the brightest within 2.5 em, smoothed."""
    height, width = gray.shape
    small = cv2.resize(gray, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    reach = max(3, round(2.5 * em / 4)) | 1
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    paper = cv2.blur(paper, (reach, reach))
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(gray, np.maximum(paper, 1), scale=255), np.uint8)


def _ink_threshold(flat: Image, em: float) -> float:
    """Gray below which a pixel is ink: as near to the white of the paper as its noise allows.

    Small print is faint: the bars of a ≥ at 16 px are nearer to the paper than to a rule's black. But never
    stricter than halfway between paper and the darkness of this page's print, or a noisy page would be lost.
    """
    dark = flat[flat < 190]
    print_level = float(np.percentile(dark, 25)) if dark.size else 0.0
    halfway = max(255 - 0.5 * (255 - print_level), 110.0)
    # The least value of each em of paper; at least a third of any page is blank.
    reach = max(3, round(em))
    least = cv2.erode(flat, np.ones((reach, reach), np.uint8))[reach // 2 :: reach, reach // 2 :: reach]
    blank = float(np.percentile(least, 75)) if least.size else 255.0
    return max(halfway, min(blank - PAPER_SLACK, FAINTEST_INK))
