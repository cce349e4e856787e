"""What is drawn on a PDF page, as pdfium sees it: the evidence for believing its text layer or not.

A text layer can lie. A scanner's OCR layer is text in rendering mode 3 (nothing is drawn) over an image of
the page; Excel clips a label to its cell but leaves the whole label in the file; a font without a Unicode
map gives characters that only its maker understands. pdfium tells render mode, clip and map errors;
pdfplumber tells none of them.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as pdfium

Bounds = tuple[float, float, float, float]  # left, bottom, right, top in PDF user space

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
    """

    characters: str = ""
    unmapped: int = 0
    hidden: tuple[HiddenChar, ...] = ()
    image_share: float = 0.0
    path_count: int = 0
    path_segments: int = 0


@dataclass(slots=True)
class _Walk:
    """What one pass over the objects collects, in painting order."""

    texts: dict[int, _Text] = field(default_factory=dict)
    covers: list[tuple[int, Bounds]] = field(default_factory=list)  # (texts painted before it, where)
    dark_fills: list[Bounds] = field(default_factory=list)
    images: list[Bounds] = field(default_factory=list)
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
    shares = [_area(_common(bounds, (left, bottom, right, top))) / page_area for bounds in walk.images]
    characters, unmapped, hidden = _read_characters(page, walk)
    return PageObjects(
        characters=characters,
        unmapped=unmapped,
        hidden=tuple(hidden),
        image_share=max(shares, default=0.0),
        path_count=walk.path_count,
        path_segments=walk.path_segments,
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
            bounds = _bounds(item, matrix)
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
                _product(inner, matrix),
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
    bounds = _bounds(item, matrix)
    if min(colour[:3]) < WHITE:
        walk.dark_fills.append(bounds)
    elif pdfium.FPDFPath_CountSegments(item) <= 5:  # a rectangle: other shapes cover less than their box
        walk.covers.append((len(walk.texts), bounds))


def _see_text(walk: _Walk, item: Any, matrix: Any) -> None:
    colour = _fill_colour(item)
    walk.texts[_address(item)] = _Text(
        bounds=_bounds(item, matrix),
        origin=_origin(item, matrix),
        is_invisible=pdfium.FPDFTextObj_GetTextRenderMode(item) in INVISIBLE_MODES
        or (colour is not None and colour[3] == 0),
        is_white=colour is not None and min(colour[:3]) >= WHITE,
        # The clip of an object inside a form is in the form's own space: left to the page's edge.
        clip=_clip(item) if matrix is None else None,
    )


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
        if pdfium.FPDFText_IsGenerated(raw, i) == 1:
            continue
        character = chr(code) if 0 < code < 0x110000 else "\ufffd"
        if character.isspace():
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
    covers_from = list(walk.covers)
    for order, (address, text) in enumerate(walk.texts.items()):
        if text.is_invisible:
            reasons[address] = "invisible"
        elif text.is_white and not any(_holds(fill, text.bounds) for fill in walk.dark_fills):
            if not any(_holds(image, text.bounds) for image in walk.images):
                reasons[address] = "white"
        elif any(before > order and _holds(bounds, text.bounds) for before, bounds in covers_from):
            reasons[address] = "covered"
    return reasons


def _is_inside_clip(raw: Any, index: int, clip: Bounds | None) -> bool:
    box = pdfium.FS_RECTF()
    if clip is None or not pdfium.FPDFText_GetLooseCharBox(raw, index, box):
        return True
    x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
    left, bottom, right, top = clip
    return bool(left <= x <= right and bottom <= y <= top)


def _clip(item: Any) -> Bounds | None:
    """The box that all clip paths of an object share; None when it has none."""
    path = pdfium.FPDFPageObj_GetClipPath(item)
    count = pdfium.FPDFClipPath_CountPaths(path) if path else 0
    box: Bounds | None = None
    for i in range(max(count, 0)):
        points = list(_clip_points(path, i))
        if not points:
            continue
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        bounds = (min(xs), min(ys), max(xs), max(ys))
        box = bounds if box is None else _common(box, bounds)
    return box


def _clip_points(path: Any, index: int) -> Iterator[tuple[float, float]]:
    x, y = ctypes.c_float(), ctypes.c_float()
    for i in range(pdfium.FPDFClipPath_CountPathSegments(path, index)):
        if pdfium.FPDFPathSegment_GetPoint(pdfium.FPDFClipPath_GetPathSegment(path, index, i), x, y):
            yield x.value, y.value


def _address(item: Any) -> int:
    return ctypes.cast(item, ctypes.c_void_p).value or 0


def _fill_colour(item: Any) -> tuple[int, int, int, int] | None:
    channels = [ctypes.c_uint() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetFillColor(item, *channels):
        return None
    red, green, blue, alpha = (channel.value for channel in channels)
    return red, green, blue, alpha


def _bounds(item: Any, matrix: Any) -> Bounds:
    edges = [ctypes.c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(item, *edges):
        return (0.0, 0.0, 0.0, 0.0)
    left, bottom, right, top = (edge.value for edge in edges)
    if matrix is None:
        return left, bottom, right, top
    corners = [
        (matrix.a * x + matrix.c * y + matrix.e, matrix.b * x + matrix.d * y + matrix.f)
        for x in (left, right)
        for y in (bottom, top)
    ]
    xs, ys = [c[0] for c in corners], [c[1] for c in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _origin(item: Any, matrix: Any) -> tuple[float, float]:
    own = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, own)
    placed = _product(own, matrix)
    return placed.e, placed.f


def _product(inner: Any, outer: Any) -> Any:
    if outer is None:
        return inner
    return pdfium.FS_MATRIX(
        inner.a * outer.a + inner.b * outer.c,
        inner.a * outer.b + inner.b * outer.d,
        inner.c * outer.a + inner.d * outer.c,
        inner.c * outer.b + inner.d * outer.d,
        inner.e * outer.a + inner.f * outer.c + outer.e,
        inner.e * outer.b + inner.f * outer.d + outer.f,
    )


def _common(one: Bounds, other: Bounds) -> Bounds:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def _area(bounds: Bounds) -> float:
    return max(0.0, bounds[2] - bounds[0]) * max(0.0, bounds[3] - bounds[1])


def _holds(outer: Bounds, inner: Bounds, slack: float = 1.0) -> bool:
    return (
        outer[0] <= inner[0] + slack
        and outer[1] <= inner[1] + slack
        and outer[2] >= inner[2] - slack
        and outer[3] >= inner[3] - slack
    )
