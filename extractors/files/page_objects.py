"""What is drawn on a PDF page, as pdfium sees it: the evidence for believing its text layer or not.

A text layer can lie. A scanner's OCR layer is text in rendering mode 3 (nothing is drawn) over an image of
the page; Excel clips a label to its cell but leaves the whole label in the file; a font without a Unicode
map gives characters that only its maker understands. pdfium tells render mode, clip and map errors;
pdfplumber tells none of them.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as pdfium

from goaltables.extractors.files.object_bounds import (
    Bounds,
    area,
    bounds_of,
    clip_of,
    common,
    holds,
    origin_of,
    product,
)

MAX_DEPTH = 8
INVISIBLE_MODES = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
WHITE = 250  # of 255, every channel


@dataclass(frozen=True, slots=True)
class HiddenChar:
    """A character of the text layer that a person does not see. `x`, `y`: its origin, PDF user space.

    `text` is empty where pdfium knows no more than the place.
    """

    text: str
    x: float
    y: float
    reason: str


@dataclass(slots=True)
class _Text:
    bounds: Bounds
    origin: tuple[float, float]  # of its first character
    is_invisible: bool
    is_white: bool
    clip: Bounds | None


@dataclass(frozen=True, slots=True)
class PageObjects:
    """Counts and places. `image_share` is the part of the page that images cover (the largest one),
    `characters` the text layer without spaces, `unmapped` those whose font has no Unicode for them.
    `foreign_fonts` are the names of fonts that are not in the file: what is drawn then is another font's, or
    nothing at all where this machine has none for it.
    """

    characters: str = ""
    unmapped: int = 0
    hidden: tuple[HiddenChar, ...] = ()
    image_share: float = 0.0
    path_count: int = 0
    path_segments: int = 0
    foreign_fonts: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Walk:
    """What one pass over the objects collects, in painting order."""

    texts: dict[int, _Text] = field(default_factory=dict)
    covers: list[tuple[int, Bounds]] = field(default_factory=list)  # (texts painted before it, where)
    dark_fills: list[Bounds] = field(default_factory=list)
    images: list[Bounds] = field(default_factory=list)
    fonts: dict[int, str] = field(default_factory=dict)  # names of those that are not in the file, by address
    path_count: int = 0
    path_segments: int = 0


def read_page_objects(page: Any, *, max_paths: int) -> PageObjects:
    """Survey a pypdfium2 page. Stops counting paths at `max_paths`."""
    walk = _Walk()
    _walk_container(
        walk, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject, page.raw, None, MAX_DEPTH, max_paths
    )
    left, bottom, right, top = page.get_bbox()
    page_area = max((right - left) * (top - bottom), 1.0)
    shares = [area(common(bounds, (left, bottom, right, top))) / page_area for bounds in walk.images]
    characters, unmapped, hidden = _read_characters(page, walk)
    return PageObjects(
        characters=characters,
        unmapped=unmapped,
        hidden=tuple(hidden),
        image_share=max(shares, default=0.0),
        path_count=walk.path_count,
        path_segments=walk.path_segments,
        foreign_fonts=frozenset(walk.fonts.values()) - {""},
    )


def _walk_container(
    walk: _Walk, count: Any, get: Any, container: Any, matrix: Any, depth: int, max_paths: int
) -> None:
    for i in range(count(container)):
        item = get(container, i)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            walk.path_count += 1
            if walk.path_count > max_paths:
                return
            _see_path(walk, item, matrix)
        elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
            _see_text(walk, item, matrix)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            bounds = bounds_of(item, matrix)
            walk.images.append(bounds)
            if not pdfium.FPDFPageObj_HasTransparency(item) and not _is_stencil(item):
                walk.covers.append((len(walk.texts), bounds))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth > 0:
            inner = pdfium.FS_MATRIX()
            pdfium.FPDFPageObj_GetMatrix(item, inner)
            _walk_container(
                walk,
                pdfium.FPDFFormObj_CountObjects,
                pdfium.FPDFFormObj_GetObject,
                item,
                product(inner, matrix),
                depth - 1,
                max_paths,
            )


def _see_path(walk: _Walk, item: Any, matrix: Any) -> None:
    walk.path_segments += pdfium.FPDFPath_CountSegments(item)
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item, mode, stroke)
    if mode.value == pdfium.FPDF_FILLMODE_NONE:
        return
    colour = _fill_colour(item)
    if colour is None or colour[3] < 255:
        return
    bounds = bounds_of(item, matrix)
    if min(colour[:3]) < WHITE:
        walk.dark_fills.append(bounds)
    elif pdfium.FPDFPath_CountSegments(item) <= 5:  # a rectangle: other shapes cover less than their box
        walk.covers.append((len(walk.texts), bounds))


def _see_text(walk: _Walk, item: Any, matrix: Any) -> None:
    font = pdfium.FPDFTextObj_GetFont(item)
    if font and _address(font) not in walk.fonts:
        walk.fonts[_address(font)] = "" if pdfium.FPDFFont_GetIsEmbedded(font) == 1 else _font_name(font)
    colour = _fill_colour(item)
    walk.texts[_address(item)] = _Text(
        bounds=bounds_of(item, matrix),
        origin=origin_of(item, matrix),
        is_invisible=pdfium.FPDFTextObj_GetTextRenderMode(item) in INVISIBLE_MODES
        or (colour is not None and colour[3] == 0),
        is_white=colour is not None and min(colour[:3]) >= WHITE,
        # The clip of an object inside a form is in the form's own space: left to the page's edge.
        clip=clip_of(item) if matrix is None else None,
    )


def _font_name(font: Any) -> str:
    """The BaseFont of a font, as pdfminer has it too (bytes that are no UTF-8 are kept apart, not lost)."""
    size = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
    buffer = ctypes.create_string_buffer(max(size, 1))
    pdfium.FPDFFont_GetBaseFontName(font, buffer, size)
    return buffer.value.decode("utf-8", "replace")


def _is_stencil(item: Any) -> bool:
    """A one-bit image may be a mask that paints only its ink (a seal): it covers nothing for certain."""
    metadata = pdfium.FPDF_IMAGEOBJ_METADATA()
    pdfium.FPDFImageObj_GetImageMetadata(item, None, metadata)
    return bool(metadata.bits_per_pixel == 1)


def _read_characters(page: Any, walk: _Walk) -> tuple[str, int, list[HiddenChar]]:
    reasons = _hidden_texts(walk)
    clips = {address: text.clip for address, text in walk.texts.items() if text.clip is not None}
    textpage = page.get_textpage()
    raw = textpage.raw
    characters: list[str] = []
    unmapped, hidden = 0, []
    seen: set[int] = set()
    x, y = ctypes.c_double(), ctypes.c_double()
    for i in range(pdfium.FPDFText_CountChars(raw)):
        code = pdfium.FPDFText_GetUnicode(raw, i)
        character = chr(code) if 0 < code < 0x110000 else "\ufffd"
        if character.isspace() or pdfium.FPDFText_IsGenerated(raw, i) == 1:
            continue
        characters.append(character)
        unmapped += pdfium.FPDFText_HasUnicodeMapError(raw, i) == 1
        if not reasons and not clips:
            continue
        address = _address(pdfium.FPDFText_GetTextObject(raw, i))
        seen.add(address)
        reason = reasons.get(address)
        if reason is None and address in clips and not _is_inside_clip(raw, i, clips[address]):
            reason = "clipped"
        if reason is not None:
            pdfium.FPDFText_GetCharOrigin(raw, i, x, y)
            hidden.append(HiddenChar(character, x.value, y.value, reason))
    textpage.close()
    # A single character without a glyph (its font is neither embedded nor on this machine) has no width:
    # pdfium's text page leaves it out, pdfplumber does not.
    hidden += [
        HiddenChar("", *walk.texts[address].origin, reason)
        for address, reason in reasons.items()
        if address not in seen
    ]
    return "".join(characters), unmapped, hidden


def _hidden_texts(walk: _Walk) -> dict[int, str]:
    """Address of a text object -> why it is not seen."""
    reasons = {}
    for order, (address, text) in enumerate(walk.texts.items()):
        if text.is_invisible:
            reasons[address] = "invisible"
        elif text.is_white and not any(holds(fill, text.bounds) for fill in walk.dark_fills):
            if not any(holds(image, text.bounds) for image in walk.images):
                reasons[address] = "white"
        elif any(before > order and holds(bounds, text.bounds) for before, bounds in walk.covers):
            reasons[address] = "covered"
    return reasons


def _is_inside_clip(raw: Any, index: int, clip: Bounds | None) -> bool:
    box = pdfium.FS_RECTF()
    if clip is None or not pdfium.FPDFText_GetLooseCharBox(raw, index, box):
        return True
    x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
    left, bottom, right, top = clip
    return bool(left <= x <= right and bottom <= y <= top)


def _address(item: Any) -> int:
    return ctypes.addressof(item.contents) if item else 0


def _fill_colour(item: Any) -> tuple[int, int, int, int] | None:
    channels = [ctypes.c_uint() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetFillColor(item, *channels):
        return None
    red, green, blue, alpha = (channel.value for channel in channels)
    return red, green, blue, alpha
