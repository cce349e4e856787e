"""What a file is, whatever it is called."""

from __future__ import annotations

import gzip
import io
import re
import zipfile

import pytest

from goaltables.errors import EmptyDocument, MalformedDocument, UnsupportedDocument
from goaltables.extractors.files.sniff import DOCX, DUMP, XLSX, sniff

ROWS = "一级指标\t二级指标\t指标值\n\t数量指标\t=3个\n\t质量指标\t=100%"


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
        (archive("[Content_Types].xml", "word/document.xml"), DOCX),
        (archive("[Content_Types].xml", "xl/workbook.xml"), XLSX),
        (ROWS.encode(), DUMP),
        (ROWS.encode("utf-8-sig"), DUMP),
        (ROWS.encode("gb18030"), DUMP),
        (ROWS.encode("utf-16"), DUMP),
        (b"\xfe\xff" + ROWS.encode("utf-16-be"), DUMP),
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
        (archive("word/document.xml"), "a damaged Word document"),
        (archive("[Content_Types].xml", "xl/styles.xml"), "a damaged Excel workbook"),
        (archive("[Content_Types].xml", "xl/workbook.bin"), "an Excel binary workbook"),
        (archive("mimetype", "content.xml"), "an OpenDocument file"),
        (archive("OFD.xml", "Doc_0/Document.xml"), "an OFD document"),
        (archive("a.pdf"), "a zip archive"),
        (archive("a.pdf")[:20], "a damaged zip archive"),
        (OLE + "Workbook".encode("utf-16-le"), "an old Excel workbook"),
        (OLE + "WordDocument".encode("utf-16-le"), "an old Word document"),
        (OLE, "an old Microsoft Office file"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "an Office file with a password"),
        (gzip.compress(b"%PDF-1.7"), "a gzip archive"),
        (b"{\\rtf1", "an RTF document"),
        (b"GIF89a", "a GIF image"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a WebP image"),
        (b"<?xml version='1.0'?><a/>", "an XML file"),
        ("绩效目标表\n".encode(), "plain text"),
        ("绩效目标表".encode("gb18030"), "plain text"),
        (("a\tb\tc\n" * 9).encode(), "plain text"),
        (("一\t二\n" * 9).encode(), "plain text"),
        (ROWS.rpartition("\n")[0].encode(), "plain text"),
        (ROWS.encode("utf-16")[:-1], "data of an unknown kind"),
        (ROWS.encode() + b"\0", "data of an unknown kind"),
        (b"\x01\x02\x00\xfe\xff", "data of an unknown kind"),
    ],
)
def test_kinds_that_are_refused_by_name(data: bytes, kind: str) -> None:
    with pytest.raises(
        UnsupportedDocument, match=r"PDF, PNG, JPEG, TIFF, DOCX, XLSX and tables as tabbed text are read"
    ) as caught:
        sniff(data)
    assert kind in str(caught.value)


@pytest.mark.parametrize(("stream", "remedy"), [("Workbook", ".xlsx"), ("WordDocument", ".docx")])
def test_old_office_files_say_what_to_do(stream: str, remedy: str) -> None:
    with pytest.raises(UnsupportedDocument, match=rf"save it as {re.escape(remedy)} or PDF"):
        sniff(OLE + stream.encode("utf-16-le"))


def test_no_bytes() -> None:
    with pytest.raises(EmptyDocument):
        sniff(b"")


def test_zero_bytes_of_a_broken_download() -> None:
    with pytest.raises(MalformedDocument, match="zero bytes"):
        sniff(bytes(5000))
