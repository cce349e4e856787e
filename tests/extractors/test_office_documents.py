"""Word documents and workbooks: spans, titles, hidden parts; and files that are made to do harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import docx
import openpyxl
import pytest
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.styles import Border, Side

from goaltables.errors import (
    DocumentError,
    EncryptedDocument,
    LimitExceeded,
    MalformedDocument,
    UnsupportedDocument,
)
from goaltables.extractors.files.limits import Limits
from goaltables.extractors.office.logical_page import LogicalDocument, read_logical_page
from goaltables.extractors.open_document import open_document
from goaltables.records import PageReading

ROWS = (("一级指标", "二级指标", "指标值"), ("产出指标", "数量指标", "=3个"), ("", "质量指标", "100%"))
BORDER = Border(Side("thin"), Side("thin"), Side("thin"), Side("thin"))


def saved(document: Any) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def changed(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with one part changed."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for entry in source.namelist():
            part = source.read(entry)
            made.writestr(entry, change(part) if entry == name else part)
    return target.getvalue()


def pages(data: bytes) -> list[PageReading]:
    opened = open_document(data)
    assert isinstance(opened, LogicalDocument)
    return [read_logical_page(opened, number) for number in range(1, opened.page_count + 1)]


def places(page: PageReading, table: int = 0) -> list[tuple[int, int, int, int, str]]:
    return [(c.row, c.col, c.rowspan, c.colspan, c.text) for c in page.tables[table].cells]


def lines(page: PageReading) -> list[str]:
    return [line.text for line in page.lines]


def workbook(first_row: int = 1, border: bool = True) -> tuple[Any, Any]:
    book = openpyxl.Workbook()
    sheet = book.active
    put_rows(sheet, first_row, border)
    return book, sheet


def put_rows(sheet: Any, first_row: int, border: bool = True) -> None:
    for r, row in enumerate(ROWS, start=first_row):
        for c, text in enumerate(row, start=1):
            cell = sheet.cell(r, c, text or None)
            cell.data_type = "s" if text else cell.data_type
            if border:
                cell.border = BORDER


def document() -> Any:
    made = docx.Document()
    table = made.add_table(len(ROWS), 3)
    for r, row in enumerate(ROWS):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    return made


TABLE = [(r, c, 1, 1, text) for r, row in enumerate(ROWS) for c, text in enumerate(row)]


def test_merged_word_cells_keep_their_spans() -> None:
    made = document()
    grid = made.tables[0]
    grid.cell(1, 0).merge(grid.cell(2, 0))
    grid.cell(0, 1).merge(grid.cell(0, 2))
    (page,) = pages(saved(made))
    assert (1, 0, 2, 1, "产出指标") in places(page)
    assert (0, 1, 1, 2, "二级指标指标值") in places(page)
    assert sum(high * wide for _, _, high, wide, _ in places(page)) == 9


def test_paragraphs_stand_where_they_stand_and_fields_apart() -> None:
    made = docx.Document()
    made.add_paragraph("项目支出绩效目标表")
    made.add_paragraph("填报单位：某镇\t单位：万元")
    made.add_table(1, 2).cell(0, 0).text = "项目名称"
    made.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    made.add_paragraph("第二页")
    first, second = pages(saved(made))
    assert lines(first) == ["项目支出绩效目标表", "填报单位：某镇", "单位：万元"]
    assert first.tables[0].box.rounded() == [0, 2, 2, 3]
    assert (lines(second), second.tables) == (["第二页"], ())


def test_deleted_and_hidden_words_are_not_read_numbering_is_told() -> None:
    made = document()
    cell = made.tables[0].cell(1, 1)
    run = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>"
    deleted = "<w:del w:id='1' w:author='x'><w:r><w:delText>删</w:delText></w:r></w:del>"
    inserted = "<w:ins w:id='2' w:author='x'><w:r><w:t>增</w:t></w:r></w:ins>"
    number = "<w:pPr><w:numPr><w:ilvl w:val='0'/></w:numPr></w:pPr>"
    cell._tc.append(parse_xml(f"<w:p {nsdecls('w')}>{number}{run}{deleted}{inserted}</w:p>"))
    (page,) = pages(saved(made))
    assert (1, 1, 1, 1, "数量指标增") in places(page)
    assert {p.code for p in page.problems} == {"hidden-text-dropped", "automatic-number-left-out"}


def test_a_table_in_a_table_is_a_table_of_its_own() -> None:
    made = docx.Document()
    frame = made.add_table(1, 1).cell(0, 0)
    inner = frame.add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "项目名称", "修路"
    (page,) = pages(saved(made))
    assert places(page) == [(0, 0, 1, 1, "项目名称"), (0, 1, 1, 1, "修路")]


@pytest.mark.parametrize("border", [True, False])
def test_titles_of_a_sheet_are_lines_and_boxes_are_addresses(border: bool) -> None:
    book, sheet = workbook(4, border)
    sheet.merge_cells("A1:C1")
    sheet["A1"] = "项目支出绩效目标表\n（2023年度）"
    sheet["A2"] = "单位：万元"
    (page,) = pages(saved(book))
    assert lines(page) == ["项目支出绩效目标表", "（2023年度）", "单位：万元"]
    assert places(page) == TABLE
    assert page.tables[0].cells[4].box.rounded() == [1, 4, 2, 5]  # B5


def test_two_tables_of_a_sheet_are_two() -> None:
    book, sheet = workbook(2)
    sheet["A1"] = "甲表"
    sheet.merge_cells("A6:C6")
    sheet["A6"] = "乙表"
    put_rows(sheet, 7)
    (page,) = pages(saved(book))
    assert [places(page, n) for n in range(2)] == [TABLE, TABLE]
    assert lines(page) == ["甲表", "乙表"]


def test_hidden_rows_columns_and_sheets_are_left_out_and_told() -> None:
    book, sheet = workbook()
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["B"].hidden = True
    book.create_sheet("密").sheet_state = "veryHidden"
    page, second = pages(saved(book))
    assert [text for *_, text in places(page)] == ["一级指标", "指标值", "", "100%"]
    assert page.tables[0].cells[1].box.rounded() == [2, 0, 3, 1]
    assert [p.code for p in (*page.problems, *second.problems)] == ["hidden-text-dropped"] * 2
    assert (second.tables, second.lines) == ((), ())


def test_formats_formulas_and_dates_as_they_are_seen() -> None:
    book, sheet = workbook()
    sheet["A4"], sheet["B4"], sheet["C4"] = 0.95, datetime(2023, 11, 30), "=SUM(A4:A4)"
    for place in ("A4", "B4", "C4"):
        sheet[place].border = BORDER
    sheet["A4"].number_format, sheet["B4"].number_format = "0%", "mm-dd-yy"
    (page,) = pages(saved(book))
    assert [text for row, *_, text in places(page) if row == 3] == ["95%", "2023/11/30", "=SUM(A4:A4)"]
    assert page.tables[0].cells[-1].flags == ("formula-without-value",)
    assert [p.code for p in page.problems] == ["formula-without-value"]


def bomb(size: int) -> bytes:
    return changed(saved(document()), "word/document.xml", lambda part: part + b" " * size)


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'


def with_doctype(part: bytes) -> bytes:
    body = part.partition(b"?>")[2] if part.startswith(b"<?xml") else part
    return DOCTYPE + body


def in_utf16(part: bytes) -> bytes:
    return (
        with_doctype(part)
        .decode()
        .replace('version="1.0"', 'version="1.0" encoding="utf-16"')
        .encode("utf-16")
    )


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (bomb(5_000_000), LimitExceeded),
        (changed(saved(document()), "word/document.xml", with_doctype), MalformedDocument),
        (changed(saved(document()), "word/document.xml", in_utf16), MalformedDocument),
        (changed(saved(workbook()[0]), "xl/worksheets/sheet1.xml", with_doctype), MalformedDocument),
        (changed(saved(document()), "word/document.xml", lambda part: part[:500]), MalformedDocument),
        (
            changed(saved(document()), "word/styles.xml", lambda _: b"<a>" * 300 + b"</a>" * 300),
            LimitExceeded,
        ),
        (changed(saved(workbook()[0]), "xl/workbook.xml", lambda _: b"<workbook/>"), MalformedDocument),
        (saved(document())[:-200], UnsupportedDocument),
        (
            changed(
                saved(workbook()[0]),
                "xl/worksheets/sheet1.xml",
                lambda part: part.replace(
                    b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
                ),
            ),
            LimitExceeded,
        ),
        (
            changed(
                saved(document()),
                "word/document.xml",
                lambda part: part.replace(b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="99999999"/>', 1),
            ),
            LimitExceeded,
        ),
    ],
    ids=[
        *("bomb", "entity", "entity-utf16", "entity-sheet", "cut-xml", "deep", "no-workbook"),
        *("cut-zip", "huge-merge", "huge-span"),
    ],
)
def test_harmful_and_damaged_files_are_refused(data: bytes, error: type[DocumentError]) -> None:
    with pytest.raises(error):
        open_document(data)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(max_unpacked_bytes=1000),
        Limits(max_archive_entries=2),
        Limits(max_xml_elements=10),
        Limits(max_cells=3),
        Limits(max_characters=5),
        Limits(max_columns=2),
    ],
)
@pytest.mark.parametrize("data", [saved(document()), saved(workbook()[0])], ids=["docx", "xlsx"])
def test_every_limit_holds(data: bytes, limits: Limits) -> None:
    with pytest.raises(LimitExceeded):
        open_document(data, limits=limits)


def test_an_archive_with_two_parts_of_one_name_is_refused() -> None:
    data = io.BytesIO(saved(document()))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(data, "a") as archive:
        archive.writestr("word/document.xml", "<a/>")
    with pytest.raises(MalformedDocument, match="two parts"):
        open_document(data.getvalue())


def test_locked_parts_are_told() -> None:
    data = bytearray(saved(document()))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    with pytest.raises(EncryptedDocument):
        open_document(bytes(data))


def test_a_cell_at_the_far_end_costs_nothing() -> None:
    book, sheet = workbook()
    sheet["XFD1048576"].border = BORDER
    (page,) = pages(saved(book))
    assert places(page) == TABLE


def test_a_file_without_paper_has_no_picture() -> None:
    with open_document(saved(document())) as opened, pytest.raises(UnsupportedDocument, match="no paper"):
        opened.picture(1)
