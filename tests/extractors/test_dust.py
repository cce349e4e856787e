"""Specks of a photocopier on a drawn page."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from goaltables.extractors.picture.dust import find_dust
from goaltables.extractors.picture.print_ink import page_print
from goaltables.records import Image

EM = 20.0
POINT = (212, 118)  # x, y of a decimal point beside a figure


def page(specks: int = 400, shade: int = 20, within: int = 600) -> Image:
    """Two figures with a point between them, and specks all over the first `within` columns."""
    sheet = np.full((600, 600), 250, np.uint8)
    places = np.random.default_rng(5).integers(10, within - 10, (specks, 2))
    for x, y in places[(np.abs(places - (210, 110)) > 40).any(axis=1)]:
        sheet[y : y + 3, x : x + 3] = shade
    for left in (200, 217):
        sheet[105:121, left : left + 9] = 20
    sheet[POINT[1] : POINT[1] + 3, POINT[0] : POINT[0] + 3] = 20
    return sheet


def dust(sheet: Image) -> npt.NDArray[np.bool_] | None:
    return find_dust(sheet, sheet < 128, EM)


def test_specks_are_dust_and_points_are_not() -> None:
    sheet = page()
    found = dust(sheet)
    assert found is not None
    assert found.sum() > 0.8 * (sheet < 128).sum() - 400
    assert not found[100:125, 195:230].any()


def test_points_of_a_colon_are_not_dust() -> None:
    sheet = page()
    for top in (105, 115):
        sheet[top : top + 3, 242:245] = 20
    found = dust(sheet)
    assert found is not None
    assert not found[105:118, 242:245].any()


def test_speck_above_the_line_is_dust() -> None:
    sheet = page()
    sheet[92:95, 204:207] = 20
    found = dust(sheet)
    assert found is not None
    assert found[92:95, 204:207].all()


def test_speck_before_a_number_is_dust() -> None:
    """No text begins with a point: ".5" is 5 behind a speck. Nor does one stand behind a figure's middle."""
    for x, y in ((191, 118), (230, 110)):
        sheet = page()
        sheet[y : y + 3, x : x + 3] = 20
        found = dust(sheet)
        assert found is not None
        assert found[y : y + 3, x : x + 3].all()


def test_dot_between_two_characters_is_no_dust() -> None:
    """The · of 元/人·月, here between two figures that stand apart."""
    sheet = page()
    sheet[105:121, 236:245] = 20
    sheet[111:114, 230:233] = 20
    found = dust(sheet)
    assert found is not None
    assert not found[111:114, 230:233].any()


def test_page_with_few_specks_is_left_alone() -> None:
    assert dust(page(specks=60)) is None


def test_gray_grain_is_no_dust() -> None:
    """Faded print falls into crumbs, a photo has grain: both are paler than print."""
    assert dust(page(shade=120)) is None


def test_grain_of_a_desk_beside_the_sheet_is_no_dust() -> None:
    assert dust(page(within=200)) is None


def test_print_comes_without_its_dust() -> None:
    sheet = page()
    clean = page_print(sheet, EM)
    before = np.count_nonzero(sheet[300:500, 300:500] < 128)
    assert np.count_nonzero(clean.ink[300:500, 300:500]) < 0.2 * before
    assert np.count_nonzero(clean.gray[300:500, 300:500] < 128) < 0.2 * before
    assert clean.ink[POINT[1] + 1, POINT[0] + 1]
