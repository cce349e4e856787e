"""What the desk asks its picture process, and the marks of the answers: known to both, heavy for neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PICTURE: Final = b"P"
REFUSED: Final = b"R"
CHANGED: Final = "changed"  # the file is there and is another one now
CRASHED: Final = "crash"
OVER_LIMIT: Final = "limit"


@dataclass(frozen=True, slots=True)
class Request:
    """A page of the document whose bytes have `sha256` and lie at `path`.

    `turn` degrees clockwise make the page upright; `dpi` is how a PDF page is drawn; `crop` is a part of the
    page as displayed, in page units, None for all of it.
    """

    path: bytes
    sha256: str
    page: int
    turn: int
    dpi: float
    crop: tuple[float, float, float, float] | None = None
