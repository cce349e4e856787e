"""What the bytes of a file are, whatever the file is called.

County web sites deliver Word documents, spreadsheets, OFD files and the HTML page of a firewall under names
that end in ``.pdf``. The first bytes tell; the name never decides.
"""

from __future__ import annotations

import io
import zipfile

from goaltables.errors import EmptyDocument, MalformedDocument, UnsupportedDocument

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"

# ISO 32000 wants the header first; readers accept it in the first 1,024 bytes, after mail or web headers.
PDF_HEADER_WITHIN = 1024

READ = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),
    (b"MM\0+", TIFF),
)

# (offset, magic, what a person calls it)
NOT_READ = (
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"GIF8", "a GIF image"),
    (0, b"BM", "a BMP image"),
    (8, b"WEBP", "a WebP image"),
    (4, b"ftyphei", "a HEIC photo"),
    (4, b"ftypmif1", "a HEIC photo"),
    (4, b"jP  ", "a JPEG 2000 image"),
    (0, b"AT&TFORM", "a DjVu document"),
    (0, b"%!PS", "a PostScript file"),
    (0, b"{\\rtf", "an RTF document"),
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_KINDS = (("Workbook", "an old Excel workbook (.xls)"), ("WordDocument", "an old Word document (.doc)"))

ZIP = b"PK\x03\x04"
ZIP_KINDS = (
    ("OFD.xml", "an OFD document (版式文档)"),
    ("word/", "a Word document (.docx)"),
    ("xl/", "an Excel workbook (.xlsx)"),
    ("ppt/", "a PowerPoint file (.pptx)"),
)

HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<script", b"<body")


def sniff(data: bytes) -> str:
    """The media type of a document that is read: PDF, PNG, JPEG or TIFF.

    Raises:
        EmptyDocument: there are no bytes.
        MalformedDocument: nothing but zero bytes, as an interrupted download leaves them.
        UnsupportedDocument: anything else; the message names what it is.

    """
    if not data:
        raise EmptyDocument("the file has no bytes; fetch it again from its source")
    for magic, media_type in READ:
        if data.startswith(magic):
            return media_type
    if not data.strip(b"\0"):
        raise MalformedDocument("the file holds only zero bytes, as a broken download does; fetch it again")
    kind = _known_kind(data)
    if kind is None and b"%PDF-" in data[:PDF_HEADER_WITHIN]:
        return PDF
    raise UnsupportedDocument(
        f"this is {kind or _unknown_kind(data)}, whatever its name says; PDF, PNG, JPEG and TIFF are read"
    )


def _known_kind(data: bytes) -> str | None:
    if data.startswith(ZIP):
        return _zip_kind(data)
    if data.startswith(OLE):
        return _ole_kind(data)
    for offset, magic, kind in NOT_READ:
        if data.startswith(magic, offset):
            return kind
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(HTML_STARTS):
        return "an HTML page (a web site's answer instead of the document?)"
    return "an XML file" if start.startswith(b"<?xml") else None


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return "a damaged zip archive"
    for mark, kind in ZIP_KINDS:
        if any(name.startswith(mark) for name in names):
            return kind
    return "a zip archive"


def _ole_kind(data: bytes) -> str:
    for stream, kind in OLE_KINDS:
        if stream.encode("utf-16-le") in data:
            return kind
    return "an old Microsoft Office file"


def _unknown_kind(data: bytes) -> str:
    """Text in an encoding that Chinese offices use, or bytes of no known kind."""
    # A multi-byte character may be cut at the end of the sample.
    sample = data[:4096]
    if b"\0" not in sample:
        for encoding in ("utf-8", "gb18030"):
            for cut in range(4):
                try:
                    text = sample[: len(sample) - cut].decode(encoding)
                except UnicodeDecodeError:
                    continue
                if all(ch.isprintable() or ch.isspace() for ch in text):
                    return "plain text"
    return "data of an unknown kind"
