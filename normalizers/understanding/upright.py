"""The page as a person holds it to read.

Boxes are published as the page is displayed; a page that was scanned upside down keeps its boxes so, and
says by how much it must be turned (`PageGeometry.rotation`, clockwise). What stands above what, and which
column is the left one, is asked of the upright page.
"""

from __future__ import annotations

from goaltables.records import Box, PageGeometry


def upright_box(box: Box, page: PageGeometry) -> Box:
    """`box` on the page after its turn.

    >>> from goaltables.records import Unit
    >>> upright_box(Box(0, 0, 10, 20), PageGeometry(1, 100, 200, Unit.POINT, rotation=180))
    Box(x0=90, y0=180, x1=100, y1=200)
    """
    match page.rotation % 360:
        case 90:
            return Box(page.height - box.y1, box.x0, page.height - box.y0, box.x1)
        case 180:
            return Box(page.width - box.x1, page.height - box.y1, page.width - box.x0, page.height - box.y0)
        case 270:
            return Box(box.y0, page.width - box.x1, box.y1, page.width - box.x0)
        case _:
            return box


def upright_size(page: PageGeometry) -> tuple[float, float]:
    """Width and height of the page after its turn."""
    return (page.height, page.width) if page.rotation % 180 else (page.width, page.height)
