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
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pdfplumber
import pikepdf
import pypdfium2

from goaltables.errors import EmptyDocument, EncryptedDocument, LimitExceeded, MalformedDocument
from goaltables.extractors.files.content_stream import PageLayout, lay_out
from goaltables.extractors.files.limits import Limits
from goaltables.extractors.files.page_objects import PageObjects, read_page_objects
from goaltables.extractors.files.sniff import PDF
from goaltables.extractors.open_document import OpenedDocument
from goaltables.records import Image, PageGeometry, PageProblem, Unit

# pdfminer warns of every odd operand on stderr; damage is told as a problem of the document instead.
logging.getLogger("pdfminer").setLevel(logging.ERROR)

Made = TypeVar("Made")

# Where a file stops without this sign, a download broke off: what was mended is what was left.
END_OF_FILE = b"%%EOF"
END_WITHIN = 2048
# Forms within forms: real files nest two or three deep.
MAX_FORM_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Preflight:
    """What qpdf made of the file.

    `page_count` is None when it cannot open it. `repaired` is the file written anew when its structure is
    damaged; `damaged_pages` have content that does not unpack to its end, which nothing brings back.
    """

    page_count: int | None
    repaired: bytes | None
    damaged_pages: tuple[int, ...] = ()


class PdfDocument(OpenedDocument):
    """An open PDF."""

    def __init__(self, data: bytes, *, password: str | None, limits: Limits) -> None:
        self.media_type = PDF
        self.limits = limits
        preflight = _preflight(data, password, limits)
        problems = []
        is_sound = preflight.repaired is None and preflight.page_count is not None
        if not is_sound and END_OF_FILE not in data[-END_WITHIN:]:
            problems.append(PageProblem("truncated-file", "The end of the file is missing."))
        if preflight.repaired is not None:
            data, password = preflight.repaired, None
            problems.append(
                PageProblem("repaired-file", "The file is damaged and was mended before reading.")
            )
        if preflight.damaged_pages:
            numbers = ", ".join(str(number) for number in preflight.damaged_pages)
            problems.append(
                PageProblem("truncated-file", f"Part of the content of page {numbers} is missing.")
            )
        self._pdfium = _open_pdfium(data, password)
        self._plumber = _open_plumber(data, password)
        self.page_count = len(self._pdfium)
        counts = {
            "pypdfium2": self.page_count,
            "pdfplumber": 0 if self._plumber is None else len(self._plumber.pages),
            "qpdf": preflight.page_count,
        }
        if len({count for count in counts.values() if count is not None}) > 1:
            told = ", ".join(f"{reader} {count}" for reader, count in counts.items())
            problems.append(
                PageProblem(
                    "page-count-disagrees", f"Pages found by each reader: {told}; the file is damaged."
                )
            )
        self.problems = tuple(problems)
        if self.page_count == 0:
            self.close()
            raise EmptyDocument("the PDF opens with no page: it is cut short or empty; fetch it again")
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
        self._drop("pdfium page")  # with the pictures it unpacked: they are as large as what was drawn
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
            self._drop("pdfium page")
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

        return self.kept(number, "pdfium page", load)

    def _drop(self, name: str) -> None:
        """Forget something that was kept and that has to be closed."""
        kept = self._kept[1].pop(name, None)
        if kept is not None:
            kept.close()

    def layout(self, number: int) -> PageLayout | None:
        """The page's characters, paths and images; None when pdfplumber does not have it or cannot read it.

        Kept until another page is asked for: a layout is about a megabyte.
        """
        return self.kept(number, "layout", lambda: _laid_out(self._plumber, number))

    def close(self) -> None:
        self._drop("pdfium page")
        self._kept = (0, {})
        if self._plumber is not None:
            self._plumber.close()
        self._pdfium.close()


def _open_pdfium(data: bytes, password: str | None) -> Any:
    try:
        return pypdfium2.PdfDocument(data, password=password)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise _encrypted(password) from error
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


def _encrypted(password: str | None) -> EncryptedDocument:
    if password is None:
        return EncryptedDocument("the PDF is encrypted; give its password (--password-file)")
    return EncryptedDocument("the PDF is encrypted and the given password does not open it")


def _preflight(data: bytes, password: str | None, limits: Limits) -> Preflight:
    """Open with qpdf under memory limits, unpack every content stream once, repair if need be."""
    # Process-wide, and off by default: nested Flate streams unpack 1 kB to gigabytes.
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=limits.max_stream_bytes,
        png_max_memory=limits.max_stream_bytes,
        tiff_max_memory=limits.max_stream_bytes,
        run_length_max_memory=limits.max_stream_bytes,
        doc_max_warnings=1000,
    )
    try:
        with pikepdf.open(io.BytesIO(data), password=password or "", suppress_warnings=True) as pdf:
            page_count = len(pdf.pages)
            if page_count > limits.max_pages:
                raise LimitExceeded(
                    f"the document has {page_count} pages, the limit is {limits.max_pages}; "
                    "split it, or raise the limit"
                )
            is_damaged = bool(pdf.get_warnings())
            damaged_pages = []
            for number, page in enumerate(pdf.pages, start=1):
                _check_page(page.obj, number, limits)
                if pdf.get_warnings():  # of this page: asking for them empties the list
                    damaged_pages.append(number)
            repaired = _rewritten(pdf) if is_damaged and page_count else None
            return Preflight(page_count, repaired, tuple(damaged_pages))
    except pikepdf.PasswordError as error:
        raise _encrypted(password) from error
    except (pikepdf.PdfError, RuntimeError, ValueError, RecursionError):
        return Preflight(None, None)  # the other readers may still open it


def _rewritten(pdf: Any) -> bytes | None:
    target = io.BytesIO()
    try:
        pdf.save(target, encryption=False)
    except (pikepdf.PdfError, RuntimeError):
        return None
    return target.getvalue()


def _check_page(page: Any, number: int, limits: Limits) -> None:
    contents = page.get("/Contents")
    streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    for stream in streams:
        if isinstance(stream, pikepdf.Stream):
            _check_unpacked(stream, number, limits)
    _check_resources(page.get("/Resources"), number, limits, MAX_FORM_DEPTH)


def _check_resources(resources: Any, number: int, limits: Limits, depth: int) -> None:
    objects = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    if not isinstance(objects, pikepdf.Dictionary) or depth == 0:
        return
    for _, item in objects.items():
        if not isinstance(item, pikepdf.Stream):
            continue
        if item.get("/Subtype") == "/Form":
            _check_unpacked(item, number, limits)
            _check_resources(item.get("/Resources"), number, limits, depth - 1)
        elif item.get("/Subtype") == "/Image":
            pixels = _whole(item.get("/Width")) * _whole(item.get("/Height"))
            if pixels > limits.max_megapixels * 1e6:
                raise LimitExceeded(
                    f"an image on page {number} has {pixels / 1e6:.0f} megapixels, the limit is "
                    f"{limits.max_megapixels:g}; scan at 300 dpi, or raise the limit"
                )


def _whole(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


def _check_unpacked(stream: Any, number: int, limits: Limits) -> None:
    try:
        size = len(stream.read_bytes())
    except pikepdf.PdfError as error:
        # The limit and plain damage come as one error; damage is left to the readers.
        size = limits.max_stream_bytes + 1 if "limit exceeded" in str(error) else 0
    if size > limits.max_stream_bytes:
        raise LimitExceeded(
            f"page {number} unpacks to more than {limits.max_stream_bytes >> 20} MiB; "
            "print it to a new PDF, or raise the limit"
        )
