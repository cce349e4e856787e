"""Which way a page is read: by its own text layer, or recognised from its picture.

Decided page by page: reports mix digital pages with scanned ones. Reasons, short and stable:

=========================  =====  ==============================================================
``text-layer``             text   the characters are believed
``blank-page``             text   nothing is drawn, so there is nothing to recognise
``image-file``             ocr    PNG, JPEG, TIFF
``no-text-layer``          ocr    no characters, but something is drawn
``ocr-layer-of-scan``      ocr    an image of the page under text that is not drawn
``hidden-text``            ocr    most of the text is not to be seen (white, covered, clipped)
``text-over-image``        ocr    an image of the page under text, and no drawn rules
``garbled-text``           ocr    fonts without a Unicode map, private-use or implausible signs
``text-not-as-drawn``      ocr    characters that do not look like what their font says they are
``outlined-text``          ocr    text drawn as curves, next to no characters
``large-picture``          ocr    an image on much of the page that may be the table itself
``too-many-vectors``       ocr    a drawing or a map; its rules would take minutes
``text-reader-failed``     ocr    pdfplumber cannot read the page, or reads less than pdfium
=========================  =====  ==============================================================

Files without paper are not routed: their pages are read as text, for the reason ``office-file`` or
``text-dump``.
"""

from __future__ import annotations

import unicodedata

from pdfminer.layout import LTChar

from goaltables.extractors.digital.believed_layer import believed_layer
from goaltables.extractors.files.page_objects import PageObjects
from goaltables.extractors.files.pdf_document import PdfDocument
from goaltables.extractors.open_document import OpenedDocument
from goaltables.records import PageRoute, Route

# Of pdfium's characters, pdfplumber's must be at least this share.
READ_SHARE = 0.9
FULL_PAGE = 0.8
LARGE_PICTURE = 0.4
# A scanned page with a typed number or a stamp has a few characters; a digital page has more.
FEW_CHARACTERS = 20
GARBLED_SHARE = 0.08
# Characters outside GB 2312's 3,755 common ones: 1-4 % of real tables, nearly all of a shifted code table.
RARE_SHARE = 0.35
# One Chinese glyph drawn as an outline has 20 to 60 segments, a table's rule 2 to 5.
OUTLINE_SEGMENTS = 400
SEGMENTS_PER_OUTLINE = 8


def route_page(opened: OpenedDocument, number: int) -> PageRoute:
    """The route of page `number` (from 1) and why.

    Raises:
        MalformedDocument: the page cannot be loaded.

    """
    if not isinstance(opened, PdfDocument):
        return PageRoute(Route.OCR, "image-file")
    reason = _reason(opened.page_objects(number), opened.limits.max_vector_objects)
    if reason in ("text-layer", "blank-page"):
        if not _is_read_whole(opened, number):
            return PageRoute(Route.OCR, "text-reader-failed")
        believed = believed_layer(opened, number)
        if believed is not None and believed.reason is not None:
            return PageRoute(Route.OCR, believed.reason)
        return PageRoute(Route.TEXT, reason)
    return PageRoute(Route.OCR, reason)


def _is_read_whole(opened: PdfDocument, number: int) -> bool:
    """Pdfplumber reads about as many characters as pdfium does (which counts those drawn twice once)."""
    layout = opened.layout(number)
    if layout is None:
        return False
    read = sum(1 for char in layout.items(LTChar) if not char.get_text().isspace())
    return read >= READ_SHARE * len(opened.page_objects(number).characters)


def _reason(objects: PageObjects, max_paths: int) -> str:
    characters, hidden = len(objects.characters), len(objects.hidden)
    visible = characters - hidden
    if objects.path_count > max_paths:
        return "too-many-vectors"
    if characters == 0:
        if objects.image_share == 0 and objects.path_count == 0:
            return "blank-page"
        return "outlined-text" if _is_outlined(objects) else "no-text-layer"
    if hidden > visible:
        return "ocr-layer-of-scan" if objects.image_share >= LARGE_PICTURE else "hidden-text"
    if objects.image_share >= FULL_PAGE and (visible < FEW_CHARACTERS or objects.path_count < 4):
        return "text-over-image"
    if _is_garbled(objects):
        return "garbled-text"
    if visible < FEW_CHARACTERS and _is_outlined(objects):
        return "outlined-text"
    if LARGE_PICTURE <= objects.image_share < FULL_PAGE:
        return "large-picture"
    return "text-layer"


def _is_outlined(objects: PageObjects) -> bool:
    return (
        objects.path_segments >= OUTLINE_SEGMENTS
        and objects.path_segments >= SEGMENTS_PER_OUTLINE * objects.path_count
    )


def _is_garbled(objects: PageObjects) -> bool:
    characters = objects.characters
    bad = objects.unmapped + sum(1 for character in characters if _is_no_text(character))
    if bad > GARBLED_SHARE * len(characters):
        return True
    ideographs = [c for c in characters if "\u3400" <= c <= "\u9fff"]
    rare = sum(1 for character in ideographs if not _is_common(character))
    return len(ideographs) >= FEW_CHARACTERS and rare > RARE_SHARE * len(ideographs)


def _is_no_text(character: str) -> bool:
    """Private use, control, unassigned, U+FFFD, and the accented Latin letters that GBK bytes turn into."""
    if character == "\ufffd" or unicodedata.category(character) in ("Co", "Cc", "Cn", "Cs"):
        return True
    return "\xa1" <= character <= "\u024f" and character not in "·×÷°±§¥²³¼½¾«»"


def _is_common(character: str) -> bool:
    """In level 1 of GB 2312 (rows 16 to 55, by frequency of use)."""
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and 0xB0 <= code[0] <= 0xD7
