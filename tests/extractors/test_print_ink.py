"""Freeing print from paper, shade and seal."""

from __future__ import annotations

import numpy as np

from goaltables.extractors.picture.print_ink import page_print

EM = 20.0


def test_shade_is_divided_out() -> None:
    """A shadow over half the page is no ink, and print in it is as dark as outside."""
    shade = np.linspace(1.0, 0.45, 400)[None, :]
    page = np.full((200, 400), 240.0) * shade
    page[80:100, 60:64] *= 0.2
    page[80:100, 340:344] *= 0.2
    found = page_print(page.astype(np.uint8), EM)
    assert found.ink[80:100, 60:64].all()
    assert found.ink[80:100, 340:344].all()
    assert found.ink.sum() == 2 * 20 * 4


def test_red_seal_vanishes_and_black_under_it_stays() -> None:
    page = np.full((200, 300, 3), 245, np.uint8)
    page[50:150, 100:200] = (60, 55, 205)  # BGR: red ink
    page[95:99, 60:240] = 40
    found = page_print(page, EM)
    assert found.ink[95:99, 60:240].all()
    assert not found.ink[50:94, 100:200].any()
    assert found.red[60:90, 110:190].all()
    assert not found.red[:, :90].any()


def test_gray_page_has_no_red() -> None:
    page = np.full((50, 60), 200, np.uint8)
    assert not page_print(page, EM).red.any()
    assert not page_print(page, EM).ink.any()


def test_colour_noise_is_no_seal() -> None:
    random = np.random.default_rng(2)
    page = np.clip(random.normal(225, 6, (200, 200, 3)), 0, 255).astype(np.uint8)
    assert not page_print(page, EM).red.any()
