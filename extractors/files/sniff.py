"""What the bytes of a file are, whatever the file is called.

County web sites deliver Word documents, spreadsheets, OFD files and the HTML page of a firewall under names
that end in ``.pdf``. The first bytes tell, in an archive its parts, in a text the shape of its lines; the
name never decides.
"""

from __future__ import annotations

import io
import zipfile

from goaltables.errors import EmptyDocument, MalformedDocument, UnsupportedDocument
from goaltables.extractors.office.dump_text import decode_text, is_dump

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DUMP = "text/tab-separated-values"

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
OLE_KINDS = (
    ("Workbook", "an old Excel workbook (.xls)"),
    ("WordDocument", "an old Word document (.doc)"),
    ("EncryptedPackage", "an Office file with a password"),
)
# What a person can do about a kind that is not read.
REMEDIES = {
    "an old Excel workbook (.xls)": "open it and save it as .xlsx or PDF",
    "an old Word document (.doc)": "open it and save it as .docx or PDF",
    "an old Microsoft Office file": "open it and save it as .docx, .xlsx or PDF",
    "an Office file with a password": "open it with its password and save it without one",
    "an Excel binary workbook (.xlsb)": "open it and save it as .xlsx",
    "an OFD document (版式文档)": "open it and save it as PDF",
    "an RTF document": "open it and save it as .docx or PDF",
}

ZIP = b"PK\x03\x04"
CONTENT_TYPES = "[Content_Types].xml"
# The main part of an Office file; it has these names in everything that Office, WPS and LibreOffice write.
ZIP_READ = (("word/document.xml", DOCX), ("xl/workbook.xml", XLSX))
ZIP_KINDS = (
    ("OFD.xml", "an OFD document (版式文档)"),
    ("xl/workbook.bin", "an Excel binary workbook (.xlsb)"),
    ("word/", "a damaged Word document (.docx)"),
    ("xl/", "a damaged Excel workbook (.xlsx)"),
    ("ppt/", "a PowerPoint file (.pptx)"),
    ("content.xml", "an OpenDocument file (.odt, .ods)"),
)

HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<script", b"<body")


def sniff(data: bytes) -> str:
    """The media type of a document that is read: PDF, PNG, JPEG, TIFF, DOCX, XLSX, or a dump of tabbed text.

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
    names = _zip_names(data) if data.startswith(ZIP) else frozenset()
    for main_part, media_type in ZIP_READ:
        if {main_part, CONTENT_TYPES} <= names:
            return media_type
    kind = _zip_kind(names) if data.startswith(ZIP) else _known_kind(data)
    if kind is None and b"%PDF-" in data[:PDF_HEADER_WITHIN]:
        return PDF
    if kind is None and (text := decode_text(data)) is not None:
        if is_dump(text):
            return DUMP
        kind = "plain text"
    kind = kind or "data of an unknown kind"
    remedy = REMEDIES.get(kind)
    raise UnsupportedDocument(
        f"this is {kind}, whatever its name says; "
        "PDF, PNG, JPEG, TIFF, DOCX, XLSX and tables as tabbed text are read"
        + (f": {remedy}" if remedy else "")
    )


def _known_kind(data: bytes) -> str | None:
    if data.startswith(OLE):
        return _ole_kind(data)
    for offset, magic, kind in NOT_READ:
        if data.startswith(magic, offset):
            return kind
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(HTML_STARTS):
        return "an HTML page (a web site's answer instead of the document?)"
    return "an XML file" if start.startswith(b"<?xml") else None


def _zip_names(data: bytes) -> frozenset[str]:
    """The names of an archive's entries, none when it is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return frozenset()


def _zip_kind(names: frozenset[str]) -> str:
    if not names:
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
