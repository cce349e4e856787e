"""The print of a page, freed from its paper: what is read, and where there is ink.

A page picture carries shading (photos), yellow or gray paper, and very often a red seal (公章) over the
signature or right over the table. Black print under red ink is nearly as dark in the red channel as without
it, while the seal all but vanishes there; stretched until the seal is white it is gone. Of 32 cells under
a seal, 30 are read right that way, 23 from the gray picture. Paper and shade are divided out.

How bright is "the seal"? Taken too bright, its darker parts stay as dirt; too dark, thin strokes under it go
with it (a < under the edge of a star). No one figure suits all, so a page with red ink keeps a second view.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from goaltables.extractors.picture.dust import find_dust
from goaltables.extractors.picture.ink import red_ink
from goaltables.records import Image

LEAST_RED_SHARE = 0.0005  # of the page: less is colour noise of the scanner
FAINTEST_INK = 205
PAPER_SLACK = 10
SEAL_PERCENTILE = 20  # of the red ink, how bright the red channel shows it: brighter becomes paper
FAINT_PERCENTILE = 50  # the same in the second view, which keeps fainter strokes and more of the seal
SEAL_WHITE = (130.0, 235.0)  # between these; darker than the first would be print
RIM = 0.25  # em around red ink: JPEG keeps colour at half resolution, a stroke's rim is paler


@dataclass(frozen=True, slots=True, eq=False)
class PagePrint:
    """A page ready for reading. All three are ``h x w`` in the pixels of the page picture.

    `gray`: the print on white paper. `ink`: where there is print. `red`: where there is red ink.
    `faint`: `gray` with less of what is near red ink taken for seal; None on a page without red ink.
    `faintest`: the gray below which a pixel can be print at all, however pale: what is brighter is the noise
    of the paper.
    """

    gray: Image
    ink: npt.NDArray[np.bool_]
    red: npt.NDArray[np.bool_]
    faint: Image | None = None
    faintest: float = FAINTEST_INK


def page_print(image: Image, em: float) -> PagePrint:
    """Free the print of a page picture (gray or BGR) from paper, shadow, red ink and dust; `em` in px."""
    page = _without_red(image, em)
    dust = find_dust(page.gray, page.ink, em)
    if dust is None:
        return page
    halo = cv2.dilate(dust.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    faint = None if page.faint is None else _painted_over(page.faint, halo)
    return replace(page, gray=_painted_over(page.gray, halo), ink=page.ink & ~dust, faint=faint)


def _painted_over(gray: Image, unwanted: npt.NDArray[np.bool_]) -> Image:
    return np.asarray(np.where(unwanted, 255, gray), np.uint8)


def _without_red(image: Image, em: float) -> PagePrint:
    if image.ndim == 2:
        return _printed(_without_paper(image, em), np.zeros(image.shape, np.bool_), None, em)
    flat = _without_paper(np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8), em)
    red = _red_ink(image)
    if not red.any():
        return _printed(flat, red, None, em)
    seen = _without_paper(np.asarray(image[:, :, 2], np.uint8), em)
    gray = _without_seal(flat, seen, red, em, SEAL_PERCENTILE)
    return _printed(gray, red, _without_seal(flat, seen, red, em, FAINT_PERCENTILE), em)


def _printed(gray: Image, red: npt.NDArray[np.bool_], faint: Image | None, em: float) -> PagePrint:
    blank = _blank_level(gray, em) - PAPER_SLACK
    return PagePrint(gray, np.asarray(gray < _ink_threshold(gray, blank)), red, faint, blank)


def faint_view(page: PagePrint, em: float) -> PagePrint | None:
    """The page with faint strokes near red ink kept, for a second look; None where there is no red ink."""
    return None if page.faint is None else _printed(page.faint, page.red, None, em)


def _red_ink(image: Image) -> npt.NDArray[np.bool_]:
    """Where there is red ink; nowhere when it is too little to be any."""
    is_red = np.asarray(red_ink(image) > 0)
    return is_red if is_red.mean() >= LEAST_RED_SHARE else np.zeros(is_red.shape, np.bool_)


def _without_seal(flat: Image, seen: Image, red: npt.NDArray[np.bool_], em: float, percentile: int) -> Image:
    """Near red ink, the print is what the red channel has `seen`, stretched until the seal is paper."""
    white = min(max(float(np.percentile(seen[red], percentile)), SEAL_WHITE[0]), SEAL_WHITE[1])
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


def _blank_level(flat: Image, em: float) -> float:
    """How dark the darkest pixel of an em of blank paper is; at least a third of any page is blank."""
    reach = max(3, round(em))
    least = cv2.erode(flat, np.ones((reach, reach), np.uint8))[reach // 2 :: reach, reach // 2 :: reach]
    return float(np.percentile(least, 75)) if least.size else 255.0


def _ink_threshold(flat: Image, faintest: float) -> float:
    """Gray below which a pixel is ink: as near to the white of the paper as its noise allows.

    Small print is faint: the bars of a ≥ at 16 px are nearer to the paper than to a rule's black. But never
    stricter than halfway between paper and the darkness of this page's print, or a noisy page would be lost.
    """
    dark = flat[flat < 190]
    print_level = float(np.percentile(dark, 25)) if dark.size else 0.0
    halfway = max(255 - 0.5 * (255 - print_level), 110.0)
    return max(halfway, min(faintest, FAINTEST_INK))
