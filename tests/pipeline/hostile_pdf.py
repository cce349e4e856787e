"""PDFs that ask for too much, go round in circles, or are not what they say.

Each maker returns the bytes of a file. They are written by hand, object by object: a library would refuse to
write most of them. `TABLE` is a small goal table that a page may hold beside what is wrong with it.
"""

from __future__ import annotations

import random
import zlib

Objects = dict[int, bytes]

CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [<< "
    b"/Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) "
    b"/Ordering (GB1) /Supplement 2 >> /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light "
    b"/Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 "
    b"/StemV 80 >> >>] >>"
)
IMAGE = b"/Type /XObject /Subtype /Image"
MANY = 100_000


def text(x: float, y: float, words: str) -> bytes:
    return b"BT /F1 10 Tf %g %g Td <%s> Tj ET\n" % (x, y, words.encode("utf-16-be").hex().encode())


def table() -> bytes:
    """Operators that draw a goal table of three rows and four columns."""
    rows = (
        ("一级指标", "二级指标", "三级指标", "指标值"),
        ("产出指标", "数量指标", "补助发放人数", "≥87人"),
        ("效益指标", "社会效益指标", "生活水平", "提高"),
    )
    xs, ys = (60, 160, 260, 400, 500), (700, 670, 640, 610)
    lines = [b"%d %d m %d %d l S\n" % (xs[0], y, xs[-1], y) for y in ys]
    lines += [b"%d %d m %d %d l S\n" % (x, ys[0], x, ys[-1]) for x in xs]
    texts = [text(xs[c] + 5, ys[r] - 20, rows[r][c]) for r in range(3) for c in range(4)]
    return b"0.5 w\n" + b"".join(lines + texts)


TABLE = table()


def stream(data: bytes, entries: bytes = b"", length: int | None = None) -> bytes:
    size = len(data) if length is None else length
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (size, entries, data)


def packed(data: bytes, times: int = 1, entries: bytes = b"") -> bytes:
    """A stream, packed `times` over."""
    for _ in range(times):
        data = zlib.compress(data, 9)
    filters = b"/FlateDecode " * times
    return stream(data, b"/Filter [%s] %s" % (filters, entries))


def pdf(objects: Objects, trailer: bytes = b"") -> bytes:
    """A whole file with a right cross-reference table."""
    body, offsets = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", {}
    for number, content in sorted(objects.items()):
        offsets[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    size = max(objects) + 1
    table = b"".join(
        b"%010d 00000 n \n" % offsets[number] if number in offsets else b"0000000000 65535 f \n"
        for number in range(size)
    )
    end = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, len(body))
    return body + b"xref\n0 %d\n" % size + table + end


def page(
    content: bytes = TABLE,
    *,
    fonts: bytes = b"",
    resources: bytes = b"",
    entries: bytes = b"/MediaBox [0 0 595 842]",
    more: Objects | None = None,
) -> bytes:
    """A document of one page; `content` is a whole stream object when it begins like one."""
    if not content.startswith(b"<<"):
        content = packed(content)
    return pdf(
        {
            1: CATALOG,
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: b"<< /Type /Page /Parent 2 0 R %s /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R %s >> %s >> >>" % (entries, fonts, resources),
            4: content,
            5: FONT,
            **(more or {}),
        }
    )


# Bombs: a few bytes that unpack to gigabytes, or draw for ever


def flate() -> bytes:
    return page(packed(bytes(300_000_000)))


def flate_in_flate_in_flate() -> bytes:
    return page(packed(bytes(300_000_000), 3))


def run_length() -> bytes:
    return page(stream(b"\x81 " * 4_000_000 + b"\x80", b"/Filter /RunLengthDecode"))


def thousand_filters() -> bytes:
    return page(stream(b"20>", b"/Filter [%s]" % (b"/ASCIIHexDecode " * 1000)))


def predictor_of_gigabytes() -> bytes:
    parameters = b"/DecodeParms << /Predictor 12 /Columns 2147483647 /Colors 32 /BitsPerComponent 16 >>"
    return page(stream(zlib.compress(TABLE), b"/Filter /FlateDecode " + parameters))


def forms_times_forms() -> bytes:
    """Ten forms, each drawing the next ten times: ten milliards of tables."""
    more = {
        10 + level: stream(
            b"/X Do " * 10 if level < 9 else TABLE,
            b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> "
            b"/XObject << /X %d 0 R >> >>" % (11 + level),
        )
        for level in range(10)
    }
    return page(TABLE + b"/X Do", resources=b"/XObject << /X 10 0 R >>", more=more)


def pattern_of_tiny_tiles() -> bytes:
    tile = stream(
        b"0 0 1 1 re f",
        b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.001 /YStep 0.001 "
        b"/Resources << >>",
    )
    drawn = b"/Pattern cs /P scn 0 0 595 842 re f\n"
    return page(drawn, resources=b"/Pattern << /P 10 0 R >>", more={10: tile})


def dashes_finer_than_dust() -> bytes:
    return page(
        b"[0.0001 0.0001] 0 d 0.5 w\n" + b"".join(b"0 %d m 595 %d l S\n" % (y, y) for y in range(800))
    )


def seven_thousand_rules() -> bytes:
    """A drawing as large as a page may be, with more rules than any table has."""
    rules = b"".join(b"0 %d m 14400 %d l S %d 0 m %d 14400 l S\n" % (n, n, n, n) for n in range(0, 14_400, 4))
    return page(TABLE + rules, entries=b"/MediaBox [0 0 14400 14400]")


def million_glyphs() -> bytes:
    return page(b"".join(text(20 + n % 500, 20 + n % 800, "绩效目标" * 25) for n in range(10_000)))


def million_paths() -> bytes:
    return page(TABLE + b"0 0 m 1 1 l S\n" * 1_000_000)


def map_of_all_characters() -> bytes:
    """A ToUnicode map that says everything hundreds of times."""
    ranges = b"100 beginbfrange\n" + b"<0000> <FFFF> <0000>\n" * 100 + b"endbfrange\n"
    cmap = packed(b"/CIDInit /ProcSet findresource begin begincmap\n" + ranges * 40 + b"endcmap end end")
    font = FONT.replace(b"/Type0 ", b"/Type0 /ToUnicode 10 0 R ", 1)
    return page(more={5: font, 10: cmap})


def map_that_uses_itself() -> bytes:
    cmap = stream(b"/Me usecmap\nbegincmap endcmap", b"/Type /CMap /CMapName /Me /UseCMap 10 0 R")
    return page(more={5: FONT.replace(b"/UniGB-UCS2-H", b"10 0 R"), 10: cmap})


def shading_of_a_million_steps() -> bytes:
    function = b"<< /FunctionType 3 /Domain [0 1] /Functions [%s] /Bounds [%s] /Encode [%s] >>" % (
        b"11 0 R " * 5000,
        b" ".join(b"%g" % (n / 5000) for n in range(1, 5000)),
        b"0 1 " * 5000,
    )
    shading = b"<< /ShadingType 2 /ColorSpace /DeviceRGB /Coords [0 0 600 800] /Function 10 0 R >>"
    inner = b"<< /FunctionType 2 /Domain [0 1] /C0 [0 0 0] /C1 [1 1 1] /N 1 >>"
    more = {10: function, 11: inner}
    return page(TABLE + b"/S sh\n" * 200, resources=b"/Shading << /S %s >>" % shading, more=more)


# Circles and depths


def form_that_draws_itself() -> bytes:
    form = stream(
        b"/X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 10 0 R >> >>"
    )
    return page(TABLE + b"/X Do", resources=b"/XObject << /X 10 0 R >>", more={10: form})


def glyph_that_draws_itself() -> bytes:
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [.001 0 0 .001 0 0] "
        b"/FirstChar 97 /LastChar 97 /Widths [1000] /Encoding << /Differences [97 /a] >> "
        b"/CharProcs << /a 11 0 R >> /Resources << /Font << /T 10 0 R >> >> >>"
    )
    glyph = stream(b"1000 0 d0 BT /T 1 Tf (a) Tj ET")
    content = TABLE + b"BT /F2 12 Tf 60 500 Td (aaaa) Tj ET"
    return page(content, fonts=b"/F2 10 0 R", more={10: font, 11: glyph})


def page_tree_in_a_circle() -> bytes:
    return pdf(
        {
            1: CATALOG,
            2: b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>",
            3: b"<< /Type /Page /Parent 2 0 R >>",
        }
    )


def page_tree_ten_thousand_deep() -> bytes:
    deep = 10_000
    objects: Objects = {1: CATALOG}
    for level in range(2, deep):
        objects[level] = b"<< /Type /Pages /Parent %d 0 R /Kids [%d 0 R] /Count 1 >>" % (level - 1, level + 1)
    objects[deep] = b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] >>" % (deep - 1)
    return pdf(objects)


def arrays_in_arrays() -> bytes:
    return page(entries=b"/MediaBox [0 0 595 842] /Deep " + b"[" * MANY + b"]" * MANY)


def dictionaries_in_content() -> bytes:
    return page(b"/Tag " + b"<< /A " * MANY + b"1" + b" >>" * MANY + b" BDC EMC " + TABLE)


def saved_states() -> bytes:
    return page(b"q " * 8_000_000 + TABLE)


def tables_in_a_circle() -> bytes:
    """The cross-reference table names itself as the one before."""
    whole = pdf({1: CATALOG, 2: b"<< /Type /Pages /Kids [] /Count 0 >>"})
    at = int(whole.rsplit(b"startxref\n", 1)[1].split()[0])
    return pdf({1: CATALOG, 2: b"<< /Type /Pages /Kids [] /Count 0 >>"}, b"/Prev %d" % at)


def object_stream_of_itself() -> bytes:
    inner = stream(b"7 0 << >>", b"/Type /ObjStm /N 1 /First 4 /Extends 6 0 R")
    return page(more={6: inner})


# Lies


def huge_page() -> bytes:
    return page(entries=b"/MediaBox [0 0 1000000000 1000000000]")


def page_without_extent() -> bytes:
    return page(entries=b"/MediaBox [0 0 0 0]")


def page_turned_inside_out() -> bytes:
    return page(entries=b"/MediaBox [595 842 0 0] /Rotate 45 /UserUnit -3")


def page_that_is_no_number() -> bytes:
    return page(entries=b"/MediaBox [/a (b) << >> null]")


def count_of_a_milliard() -> bytes:
    return page().replace(b"/Count 1 ", b"/Count 999999999 ")


def stream_longer_than_the_file() -> bytes:
    return page(stream(TABLE, length=10**9))


def stream_of_negative_length() -> bytes:
    return page(stream(TABLE, length=-7))


def image_of_ten_milliard_pixels() -> bytes:
    image = stream(
        b"\0" * 100,
        b"%s /Width 100000 /Height 100000 /ColorSpace /DeviceGray /BitsPerComponent 1" % IMAGE,
    )
    content = TABLE + b"q 500 0 0 500 40 40 cm /I Do Q"
    return page(content, resources=b"/XObject << /I 10 0 R >>", more={10: image})


def inline_image_of_ten_milliard_pixels() -> bytes:
    return page(TABLE + b"q 9 0 0 9 9 9 cm BI /W 100000 /H 100000 /CS /G /BPC 8 ID \0\0\0\0 EI Q")


def fax_of_a_milliard_lines() -> bytes:
    image = stream(
        b"\x00\x10\x01" * 50,
        b"%s /Width 60000 /Height 60000 /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode "
        b"/DecodeParms << /K -1 /Columns 60000 /Rows 1000000000 >>" % IMAGE,
    )
    return page(b"q 500 0 0 500 40 40 cm /I Do Q", resources=b"/XObject << /I 10 0 R >>", more={10: image})


def fonts_that_climb() -> bytes:
    """A character map whose name is a path."""
    return page(more={5: FONT.replace(b"/UniGB-UCS2-H", b"/..#2f..#2f..#2f..#2fetc#2fpasswd")})


def stream_in_another_file() -> bytes:
    return page(stream(b"", b"/F (/etc/passwd) /FFilter /FlateDecode"))


def calls_out(port: int) -> bytes:
    """Scripts, programs and addresses (a port of this machine) that a viewer would run, start and ask."""
    actions = (
        b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /AA << /WC << /S /Launch /F (/bin/sh) >> >>"
    )
    whole = {
        1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % actions,
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> /Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] "
        b"/A << /S /URI /URI (http://127.0.0.1:%d/) >> >>] >>" % port,
        4: packed(TABLE),
        5: FONT,
    }
    return pdf(whole)


def no_pages() -> bytes:
    return pdf({1: CATALOG, 2: b"<< /Type /Pages /Kids [] /Count 0 >>"})


def two_thousand_pages() -> bytes:
    kids = b" ".join(b"%d 0 R" % n for n in range(10, 2010))
    pages = dict.fromkeys(range(10, 2010), b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>")
    return pdf({1: CATALOG, 2: b"<< /Type /Pages /Kids [%s] /Count 2000 >>" % kids, **pages})


def broken_lock() -> bytes:
    return page().replace(
        b"/Root 1 0 R", b"/Root 1 0 R /Encrypt << /Filter /Standard /V 99 /R 99 >> /ID [(a) (b)]"
    )


def pages(*contents: bytes, more: Objects | None = None) -> bytes:
    """A document of several pages, each with a picture called I when there is one."""
    first = 20
    kids = b" ".join(b"%d 0 R" % (first + 2 * n) for n in range(len(contents)))
    sheet = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
        b"/Resources << /Font << /F1 5 0 R >> /XObject << /I 10 0 R >> >> >>"
    )
    sheets = {first + 2 * n: sheet % (first + 2 * n + 1) for n in range(len(contents))}
    streams = {first + 2 * n + 1: packed(content) for n, content in enumerate(contents)}
    tree = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(contents))
    return pdf({1: CATALOG, 2: tree, 5: FONT, **sheets, **streams, **(more or {})})


def cut_short() -> dict[str, bytes]:
    """A file of four pages, as far as a broken download got."""
    whole = pages(TABLE, TABLE, TABLE, TABLE)
    return {f"cut_at_{percent}": whole[: len(whole) * percent // 100] for percent in (20, 50, 80, 95)}


def noise_between_two_tables() -> bytes:
    """The page in the middle is chance, at 300 dpi: it looks like nothing but print."""
    chance = random.Random(7).randbytes(2480 * 3508)  # noqa: S311 - a picture, no key
    image = packed(
        chance,
        entries=b"%s /Width 2480 /Height 3508 /ColorSpace /DeviceGray /BitsPerComponent 8" % IMAGE,
    )
    return pages(TABLE, b"595 0 0 842 0 0 cm /I Do", TABLE, more={10: image})
