"""Opening a document: from bytes to pages that can be read or looked at.

One door for everything that comes in: a digital PDF, a scan in a PDF, a photo, a fax as multi-page TIFF, a
Word document, a workbook, the text somebody copied out of a table. What the bytes are is sniffed, sizes are
checked before anything is decoded, and what cannot be read fails here with an error that says what a person
can do.

>>> open_document(b"<html>403 Forbidden</html>")
Traceback (most recent call last):
    ...
goaltables.errors.UnsupportedDocument: this is an HTML page ...
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from goaltables.errors import LimitExceeded
from goaltables.extractors.files import sniff
from goaltables.extractors.files.limits import Limits
from goaltables.records import Image, PageGeometry, PageProblem

__all__ = ["Limits", "OpenedDocument", "open_document"]


class OpenedDocument(ABC):
    """An open document. Use it in a ``with`` block; it is not thread-safe.

    Pages count from 1. `problems` are about the document as a whole (damage that was worked around).
    """

    media_type: str
    page_count: int
    text_reader: str = "pdfplumber"  # the package that reads its texts
    problems: tuple[PageProblem, ...] = ()

    @abstractmethod
    def page_geometry(self, number: int) -> PageGeometry:
        """Size of the page as displayed: points after /Rotate, or pixels after the EXIF orientation."""

    @abstractmethod
    def picture(self, number: int, dpi: float = 200.0) -> Image:
        """The page as displayed, ``h x w x 3`` BGR.

        A PDF page is drawn at `dpi`, or at less when it would exceed the pixel limit: take the scale from the
        picture's shape and `page_geometry`. An image page is the picture itself, whatever `dpi` is.

        Raises:
            MalformedDocument: the page cannot be drawn or decoded.
            UnsupportedDocument: the document has no paper (office files, text dumps).

        """

    @abstractmethod
    def close(self) -> None:
        """Let go of the readers."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_document(
    data: bytes, *, password: str | None = None, limits: Limits | None = None
) -> OpenedDocument:
    """Open the bytes of one file.

    An owner password alone (printing or copying forbidden) does not keep a PDF from being read: it opens
    without one, as in every viewer.

    Raises:
        EmptyDocument: no bytes, or no page.
        UnsupportedDocument: of no kind that is read; the message names the kind.
        EncryptedDocument: a user password is needed and `password` is not it.
        MalformedDocument: damaged beyond reading.
        LimitExceeded: more pages, pixels or unpacked bytes than `limits` allow.

    """
    limits = limits or Limits()
    media_type = sniff.sniff(data)
    document = _open(data, media_type, password, limits)
    try:
        limits.check_pages(document.page_count)
    except LimitExceeded:
        document.close()
        raise
    return document


def _open(data: bytes, media_type: str, password: str | None, limits: Limits) -> OpenedDocument:
    # The readers are heavy; a caller who meets only images never loads the PDF ones, and the other way round.
    match media_type:
        case sniff.PDF:
            from goaltables.extractors.files.pdf_document import PdfDocument

            return PdfDocument(data, password=password, limits=limits)
        case sniff.DOCX:
            from goaltables.extractors.office.docx_document import DocxDocument

            return DocxDocument(data, limits=limits)
        case sniff.XLSX:
            from goaltables.extractors.office.xlsx_document import XlsxDocument

            return XlsxDocument(data, limits=limits)
        case sniff.DUMP:
            from goaltables.extractors.office.dump_document import DumpDocument

            return DumpDocument(data, limits=limits)
        case _:
            from goaltables.extractors.files.image_document import ImageDocument

            return ImageDocument(data, media_type, limits=limits)
