"""Where the objects of a PDF page lie, as pdfium tells it: boxes and clips in PDF user space.

The origin of user space is at the lower left; y grows upwards. `matrix` leads an object in a form to the
page.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as pdfium

Bounds = tuple[float, float, float, float]  # left, bottom, right, top in PDF user space


def clip_of(item: Any) -> Bounds | None:
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
        box = bounds if box is None else common(box, bounds)
    return box


def _clip_points(path: Any, index: int) -> Iterator[tuple[float, float]]:
    x, y = ctypes.c_float(), ctypes.c_float()
    for i in range(pdfium.FPDFClipPath_CountPathSegments(path, index)):
        if pdfium.FPDFPathSegment_GetPoint(pdfium.FPDFClipPath_GetPathSegment(path, index, i), x, y):
            yield x.value, y.value


def bounds_of(item: Any, matrix: Any) -> Bounds:
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


def origin_of(item: Any, matrix: Any) -> tuple[float, float]:
    own = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, own)
    placed = product(own, matrix)
    return placed.e, placed.f


def product(inner: Any, outer: Any) -> Any:
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


def common(one: Bounds, other: Bounds) -> Bounds:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def area(bounds: Bounds) -> float:
    return max(0.0, bounds[2] - bounds[0]) * max(0.0, bounds[3] - bounds[1])


def holds(outer: Bounds, inner: Bounds, slack: float = 1.0) -> bool:
    return (
        outer[0] <= inner[0] + slack
        and outer[1] <= inner[1] + slack
        and outer[2] >= inner[2] - slack
        and outer[3] >= inner[3] - slack
    )
