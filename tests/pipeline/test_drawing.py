"""Fonts, texts in boxes and pictures: what every drawing of ours is made with."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from goaltables.pipeline.drawing import fonts
from goaltables.pipeline.drawing.fitted_text import LINE_HEIGHT, fitted, text_width
from goaltables.pipeline.drawing.pictures import ink_png, jpeg


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.text(max_size=60), st.floats(1, 300), st.floats(1, 300), st.floats(4, 40))
def test_a_text_fits_its_box_or_says_that_it_was_cut(
    text: str, width: float, height: float, largest: float
) -> None:
    fit = fitted(text, width, height, largest)
    whole = " ".join(text.split())
    printed = "".join(fit.lines)
    assert fit.size <= largest
    if printed != whole:
        assert printed.endswith("…")
        assert whole.startswith(printed[:-1])
    elif fit.size > largest / 4:
        assert len(fit.lines) * fit.size * LINE_HEIGHT <= height * 1.001
        assert all(text_width(line) * fit.size <= width * 1.001 or len(line) == 1 for line in fit.lines)


def test_chinese_characters_fill_a_square() -> None:
    assert text_width("指标") == 2
    assert text_width("ab") < 1.5


def test_a_font_is_found_where_systems_keep_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = tmp_path / "deep" / "er" / "wqy-zenhei.ttc"
    wanted.parent.mkdir(parents=True)
    wanted.write_bytes(b"")
    monkeypatch.setattr(fonts, "font_folders", lambda: [tmp_path / "none", tmp_path])
    fonts.chinese_font_file.cache_clear()
    try:
        assert fonts.chinese_font_file() == wanted
    finally:
        fonts.chinese_font_file.cache_clear()


def test_a_picture_keeps_its_size_in_words_and_shrinks_in_bytes() -> None:
    image = np.zeros((400, 200, 3), np.uint8)
    image[:, :, 2] = 255  # red, in the order of OpenCV
    picture = jpeg(image, longest=100)
    assert (picture.width, picture.height) == (200, 400)
    assert Image.open(io.BytesIO(picture.data)).size == (50, 100)
    red, green, blue = picture.opened().resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    assert red > 200
    assert max(green, blue) < 60
    assert picture.uri.startswith("data:image/jpeg;base64,")


def test_ink_is_black_on_nothing() -> None:
    ink = np.zeros((20, 20), np.uint8)
    ink[:, 10:] = 255
    found = Image.open(io.BytesIO(ink_png(ink, longest=50).data)).convert("RGBA")
    assert found.getpixel((2, 2))[3] == 0  # type: ignore[index]
    assert found.getpixel((15, 2)) == (0, 0, 0, 255)
