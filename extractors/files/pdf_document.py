"""PDFs: one file, three readers that must agree.

pikepdf (qpdf) looks first: it finds damage, encryption and bombs in milliseconds and can mend a broken
cross-reference table. pypdfium2 draws pages and gives the second opinion on their text. pdfplumber reads the
characters and rules of digital pages. A truncated download opens in one of them with fewer pages, or none,
and no error: page counts that differ are told.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import pdfplumber
import pypdfium2

from goaltables.errors import EmptyDocument, MalformedDocument
from goaltables.extractors.files.content_stream import PageLayout, lay_out
from goaltables.extractors.files.limits import Limits
from goaltables.extractors.files.page_objects import PageObjects, read_page_objects
from goaltables.extractors.files.preflight import encrypted, preflight
from goaltables.extractors.files.sniff import PDF
from goaltables.extractors.open_document import OpenedDocument
from goaltables.records import Image, PageGeometry, PageProblem, Unit

# pdfminer warns of every odd operand on stderr; damage is told as a problem of the document instead.
logging.getLogger("pdfminer").setLevel(logging.ERROR)

Made = TypeVar("Made")

# Where a file stops without this sign, a download broke off: what was mended is what was left.
END_OF_FILE = b"%%EOF"
END_WITHIN = 2048
PDFIUM_PAGE = "pdfium page"  # of what is kept of a page, that which has to be closed


class PdfDocument(OpenedDocument):
    """An open PDF."""

    def __init__(self, data: bytes, *, password: str | None, limits: Limits) -> None:
        self.media_type = PDF
        self.limits = limits
        found = preflight(data, password, limits)
        problems = []
        is_sound = found.repaired is None and found.page_count is not None
        if not is_sound and END_OF_FILE not in data[-END_WITHIN:]:
            problems.append(PageProblem("truncated-file", "The end of the file is missing."))
        if found.repaired is not None:
            data, password = found.repaired, None
            problems.append(
                PageProblem("repaired-file", "The file is damaged and was mended before reading.")
            )
        if found.damaged_pages:
            numbers = ", ".join(str(number) for number in found.damaged_pages)
            problems.append(
                PageProblem("truncated-file", f"Part of the content of page {numbers} is missing.")
            )
        self._pdfium = _open_pdfium(data, password, has_pages=found.has_pages)
        self._plumber = _open_plumber(data, password)
        self.page_count = len(self._pdfium)
        counts = {
            "pypdfium2": self.page_count,
            "pdfplumber": 0 if self._plumber is None else len(self._plumber.pages),
            "qpdf": found.page_count,
        }
        if len({count for count in counts.values() if count is not None}) > 1:
            told = ", ".join(f"{reader} {count}" for reader, count in counts.items())
            problems.append(
                PageProblem(
                    "page-count-disagrees", f"Pages found by each reader: {told}; the file is damaged."
                )
            )
        self.problems = tuple(problems)
        self._kept: tuple[int, dict[str, Any]] = (0, {})
        if self._pdfium.get_formtype():
            self._pdfium.init_forms()

    def page_geometry(self, number: int) -> PageGeometry:
        width, height = self._pdfium.get_page_size(number - 1)
        return PageGeometry(number, float(width), float(height), Unit.POINT)

    def picture(self, number: int, dpi: float = 200.0) -> Image:
        page = self.pdfium_page(number)
        width, height = page.get_size()
        scale = dpi / 72
        megapixels = width * height * scale * scale / 1e6
        if megapixels > self.limits.max_megapixels:
            scale *= (self.limits.max_megapixels / megapixels) ** 0.5
        bitmap = _drawn(page, number, scale=scale)
        picture = np.array(bitmap.to_numpy()[:, :, :3], np.uint8)
        self._close_page()  # with the pictures it unpacked: they are as large as what was drawn
        return picture

    def gray_picture(self, number: int, scale: float) -> Image:
        """The page as displayed, gray ``h x w``, `scale` px per point: what is drawn at all, and where."""
        bitmap = _drawn(self.pdfium_page(number), number, scale=scale, grayscale=True)
        return np.array(bitmap.to_numpy(), np.uint8).squeeze()

    def page_objects(self, number: int) -> PageObjects:
        """What is drawn on the page: the route is decided on it, and hidden text is told by it."""
        return self.kept(
            number,
            "objects",
            lambda: read_page_objects(self.pdfium_page(number), max_paths=self.limits.max_vector_objects),
        )

    def kept(self, number: int, name: str, make: Callable[[], Made]) -> Made:
        """What `make` makes of page `number`, made once and kept until another page is asked for."""
        if self._kept[0] != number:
            self._close_page()
            self._kept = (number, {})
        made = self._kept[1]
        if name not in made:
            made[name] = make()
        found: Made = made[name]
        return found

    def pdfium_page(self, number: int) -> Any:
        """The page in pypdfium2, closed when another page is asked for."""

        def load() -> Any:
            try:
                return self._pdfium[number - 1]
            except pypdfium2.PdfiumError as error:
                raise MalformedDocument(f"page {number} cannot be loaded: {error}") from error

        return self.kept(number, PDFIUM_PAGE, load)

    def _close_page(self) -> None:
        page = self._kept[1].pop(PDFIUM_PAGE, None)
        if page is not None:
            page.close()

    def layout(self, number: int) -> PageLayout | None:
        """The page's characters, paths and images; None when pdfplumber does not have it or cannot read it.

        Kept until another page is asked for: a layout is about a megabyte.
        """
        return self.kept(number, "layout", lambda: _laid_out(self._plumber, number))

    def close(self) -> None:
        self._close_page()
        self._kept = (0, {})
        if self._plumber is not None:
            self._plumber.close()
        self._pdfium.close()


def _open_pdfium(data: bytes, password: str | None, *, has_pages: bool) -> Any:
    """pypdfium2 opens no PDF without a page, and does not say that this is why."""
    try:
        return pypdfium2.PdfDocument(data, password=password)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise encrypted(password) from error
        if not has_pages:
            raise EmptyDocument(
                "the PDF opens with no page: it is cut short or empty; fetch it again"
            ) from error
        raise MalformedDocument(
            f"the PDF is damaged beyond reading ({error}); fetch it again, or print it to a new PDF"
        ) from error


def _open_plumber(data: bytes, password: str | None) -> Any | None:
    """None when pdfplumber cannot open the file: its pages are then read from their pictures."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            plumber = pdfplumber.open(io.BytesIO(data), password=password)
            len(plumber.pages)
            return plumber
    except Exception:  # pdfminer raises nearly everything on damaged files
        return None


def _drawn(page: Any, number: int, **how: Any) -> Any:
    """The bitmap of a pypdfium2 page."""
    try:
        return page.render(**how)
    except pypdfium2.PdfiumError as error:
        raise MalformedDocument(f"page {number} cannot be drawn: {error}") from error


def _laid_out(plumber: Any | None, number: int) -> PageLayout | None:
    if plumber is None or number > len(plumber.pages):
        return None
    try:
        return lay_out(plumber.pages[number - 1].page_obj, plumber.rsrcmgr, number)
    except Exception:  # pdfminer raises nearly everything on damaged pages
        return None
