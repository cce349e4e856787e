"""What qpdf (through pikepdf) finds in a PDF before another reader is let near it: damage, locks, bombs.

Every content stream is unpacked once, under memory limits; images are judged by what their dictionaries ask
for. Where the structure is damaged the file is written anew, and the other readers get that.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pikepdf

from goaltables.errors import EncryptedDocument, LimitExceeded
from goaltables.extractors.files.limits import Limits

# Forms within forms: real files nest two or three deep.
MAX_FORM_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Preflight:
    """What qpdf made of the file.

    `page_count` is None when it cannot open it. `repaired` is the file written anew when its structure is
    damaged; `damaged_pages` have content that does not unpack to its end, which nothing brings back.
    `has_pages`: False when qpdf gave up because it finds no page; another reader may find some.
    """

    page_count: int | None
    repaired: bytes | None
    damaged_pages: tuple[int, ...] = ()
    has_pages: bool = True


def preflight(data: bytes, password: str | None, limits: Limits) -> Preflight:
    """Open with qpdf under memory limits, unpack every content stream once, repair if need be.

    Raises:
        EncryptedDocument: a user password is needed and `password` is not it.
        LimitExceeded: more pages, pixels or unpacked bytes than `limits` allow.

    """
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
            limits.check_pages(page_count)
            is_damaged = bool(pdf.get_warnings())
            damaged_pages = []
            for number, page in enumerate(pdf.pages, start=1):
                _check_page(page.obj, number, limits)
                if pdf.get_warnings():  # of this page: asking for them empties the list
                    damaged_pages.append(number)
            repaired = _rewritten(pdf) if is_damaged and page_count else None
            return Preflight(page_count, repaired, tuple(damaged_pages))
    except pikepdf.PasswordError as error:
        raise encrypted(password) from error
    except (pikepdf.PdfError, RuntimeError, ValueError, RecursionError) as error:
        # The other readers may still open it.
        return Preflight(None, None, has_pages="no pages found" not in str(error))


def encrypted(password: str | None) -> EncryptedDocument:
    """The error of a PDF that `password` (None: none was given) does not open."""
    if password is None:
        return EncryptedDocument("the PDF is encrypted; give its password (--password-file)")
    return EncryptedDocument("the PDF is encrypted and the given password does not open it")


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
