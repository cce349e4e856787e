"""What a file is, whatever it is called."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from goaltables.errors import EmptyDocument, MalformedDocument, UnsupportedDocument
from goaltables.extractors.sniff import sniff


def archive(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return target.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\r\n\r\n%PDF-1.4\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0...", "image/jpeg"),
        (b"II*\0....", "image/tiff"),
        (b"MM\0*....", "image/tiff"),
    ],
)
def test_kinds_that_are_read(data: bytes, media_type: str) -> None:
    assert sniff(data) == media_type


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<!DOCTYPE html><title>403</title>", "an HTML page"),
        (b"\xef\xbb\xbf\n <HTML>", "an HTML page"),
        (b"<html>see file.pdf %PDF-1.4</html>", "an HTML page"),
        (archive("word/document.xml"), "a Word document"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook (.xlsx)"),
        (archive("OFD.xml", "Doc_0/Document.xml"), "an OFD document"),
        (archive("a.pdf"), "a zip archive"),
        (archive("a.pdf")[:20], "a damaged zip archive"),
        (OLE + "Workbook".encode("utf-16-le"), "an old Excel workbook"),
        (OLE + "WordDocument".encode("utf-16-le"), "an old Word document"),
        (OLE, "an old Microsoft Office file"),
        (gzip.compress(b"%PDF-1.7"), "a gzip archive"),
        (b"{\\rtf1", "an RTF document"),
        (b"GIF89a", "a GIF image"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a WebP image"),
        (b"<?xml version='1.0'?><a/>", "an XML file"),
        ("绩效目标表\n".encode(), "plain text"),
        ("绩效目标表".encode("gb18030"), "plain text"),
        (b"\x01\x02\x00\xfe\xff", "data of an unknown kind"),
    ],
)
def test_kinds_that_are_refused_by_name(data: bytes, kind: str) -> None:
    with pytest.raises(UnsupportedDocument, match=r"PDF, PNG, JPEG and TIFF are read") as caught:
        sniff(data)
    assert kind in str(caught.value)


def test_no_bytes() -> None:
    with pytest.raises(EmptyDocument):
        sniff(b"")


def test_zero_bytes_of_a_broken_download() -> None:
    with pytest.raises(MalformedDocument, match="zero bytes"):
        sniff(bytes(5000))
