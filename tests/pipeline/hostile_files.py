"""Pictures, Office files and texts that ask for too much or are not what they say."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib

import cv2
import numpy as np

# PNG


def png(width: int, height: int, packed: bytes, more: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of_three_milliard_pixels() -> bytes:
    return png(60_000, 60_000, zlib.compress(b"\0" * 1000))


def png_with_more_than_it_says() -> bytes:
    return png(10, 10, zlib.compress(bytes(50_000_000), 9))


def png_with_a_long_note() -> bytes:
    note = b"Comment\0\0" + zlib.compress(bytes(50_000_000), 9)
    return png(10, 10, zlib.compress((b"\0" + b"\xff" * 10) * 10), chunk(b"zTXt", note))


def png_cut_short() -> bytes:
    return picture(".png", noise(400, 300))[:2000]


def picture(suffix: str, pixels: np.ndarray) -> bytes:
    done, data = cv2.imencode(suffix, pixels)
    assert done
    return bytes(data)


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, (height, width), np.uint8)


def page_of_noise() -> bytes:
    """An A4 page at 300 dpi on which every pixel is chance: it looks like nothing but print."""
    return picture(".png", noise(3508, 2480))


# JPEG


def jpeg() -> bytes:
    return picture(".jpg", noise(200, 300))


def jpeg_that_says_it_is_huge() -> bytes:
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 65_500, 65_500)
    return bytes(data)


def jpeg_larger_than_its_data() -> bytes:
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 9_000, 9_000)
    return bytes(data)


def jpeg_cut_short() -> bytes:
    return jpeg()[:-4000]


def jpeg_without_tables() -> bytes:
    return jpeg().replace(b"\xff\xdb", b"\xff\xef")


# TIFF


def tiff(*directories: list[tuple[int, int, int, int]], following: int | None = None) -> bytes:
    """Directories of (tag, type, count, value), one after the other; the last leads to `following`."""
    data, at = b"II*\0" + struct.pack("<I", 8), 8
    for number, entries in enumerate(directories):
        end = at + 2 + 12 * len(entries) + 4
        is_last = number == len(directories) - 1
        after = (following or 0) if is_last else end
        data += struct.pack("<H", len(entries))
        data += b"".join(struct.pack("<HHII", *entry) for entry in entries) + struct.pack("<I", after)
        at = end
    return data + bytes(200)


def directory(width: int, height: int, *more: tuple[int, int, int, int]) -> list[tuple[int, int, int, int]]:
    return [
        *((256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)),
        *((273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, 100)),
        *more,
    ]


def tiff_in_a_circle() -> bytes:
    return tiff(directory(10, 10), directory(10, 10), following=8)


def tiff_of_nine_hundred_pages() -> bytes:
    return tiff(*[directory(10, 10) for _ in range(900)])


def tiff_of_four_milliard_lines() -> bytes:
    return tiff(directory(10, 4_000_000_000))


def tiff_with_strips_elsewhere() -> bytes:
    return tiff(directory(1000, 1000)).replace(
        struct.pack("<HHII", 273, 4, 1, 8), struct.pack("<HHII", 273, 4, 1, 2**31)
    )


def tiff_with_a_million_values() -> bytes:
    return tiff(directory(10, 10, (324, 4, 2**30, 8), (325, 4, 2**30, 8)))


# Office


def archive(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, content in parts.items():
            whole.writestr(name, content)
    return target.getvalue()


TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType='
    b'"application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)
WORD = (
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>%s</w:body>'
    b"</w:document>"
)


def docx(document: bytes, **more: bytes) -> bytes:
    return archive({"[Content_Types].xml": TYPES, "word/document.xml": document, **more})


def docx_of_a_third_of_a_gigabyte() -> bytes:
    return docx(WORD % (b"<w:p/>" * 50_000_000))


def docx_that_laughs() -> bytes:
    """Entities of entities."""
    entities = b"".join(b'<!ENTITY l%d "%s">' % (n + 1, b"&l%d;" % n * 10) for n in range(10))
    return docx(b'<!DOCTYPE d [<!ENTITY l0 "ha">%s]>' % entities + WORD % b"<w:p>&l10;</w:p>")


def docx_that_reads_a_file() -> bytes:
    return docx(b'<!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + WORD % b"<w:p>&f;</w:p>")


def docx_too_deep() -> bytes:
    return docx(WORD % (b"<w:tbl><w:tr><w:tc>" * 50_000 + b"</w:tc></w:tr></w:tbl>" * 50_000))


def xlsx_merged_over_the_whole_sheet() -> bytes:
    """One cell that says it covers seventeen milliard."""
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    links = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = b"http://schemas.openxmlformats.org/package/2006/relationships"
    book = (
        b'<workbook %s xmlns:r="%s"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
        % (space, links)
    )
    sheet = (
        b'<worksheet %s><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row></sheetData>'
        b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>' % space
    )
    link = b'<Relationships xmlns="%s"><Relationship Id="r1" Type="%s/%s" Target="%s"/></Relationships>'
    return archive(
        {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": link % (packages, links, b"officeDocument", b"xl/workbook.xml"),
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": link % (packages, links, b"worksheet", b"worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


def archive_of_twenty_thousand_parts() -> bytes:
    parts = {f"xl/{n}.xml": b"" for n in range(20_000)}
    return archive({"[Content_Types].xml": TYPES, "xl/workbook.xml": b"<workbook/>", **parts})


# Texts and other things


def text_of_one_long_line() -> bytes:
    return "一级指标\t二级指标\t三级指标\t".encode() * 500_000


def text_of_tabs() -> bytes:
    return ("产" + "\t" * 5000 + "出\n").encode() * 400


def text_of_half_characters() -> bytes:
    return (
        "\ufeff一级指标\t二级指标\t指标值\n".encode("utf-16-le") * 3
        + b"\x00\xd8\x09\x00\x00\xd8\x09\x00a\x00\n\x00" * 5
    )


def zeros() -> bytes:
    return bytes(100_000)


def gzipped() -> bytes:
    return gzip.compress(b"%PDF-1.7")


def web_page() -> bytes:
    return b"<!DOCTYPE html><html><body>403</body></html>"
