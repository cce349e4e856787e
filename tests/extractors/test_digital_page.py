"""Pages as producers really write them: the same table must come out of all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from made_pdf import CELLS, WHITE, XS, YS, Sheet, blank_png, borders, cell_texts, goal_sheet, make_pdf

from goaltables.errors import UnsupportedDocument
from goaltables.extractors.digital_page import read_digital_page
from goaltables.extractors.open_document import open_document
from goaltables.records import Box, PageReading, PageTable, Route

Border = tuple[float, float, float, float]
Draw = Callable[[Sheet, Border], None]

TITLE, UNIT, NOTE = "2024年度项目支出绩效目标表", "单位：万元", "注：金额保留两位小数。"


def read(data: bytes) -> PageReading:
    with open_document(data) as opened:
        return read_digital_page(opened, 1)


def texts(table: PageTable) -> tuple[tuple[int, int, int, int, str], ...]:
    return tuple((c.row, c.col, c.rowspan, c.colspan, c.text) for c in table.cells)


def drawn(draw: Draw, left_out: Callable[[Border], bool] = lambda _: False) -> Sheet:
    sheet = Sheet()
    for border in borders():
        if not left_out(border):
            draw(sheet, border)
    cell_texts(sheet)
    return sheet


def line(sheet: Sheet, border: Border) -> None:
    sheet.line(*border)


def thin_block(sheet: Sheet, border: Border) -> None:
    x0, y0, x1, y1 = border
    sheet.block(x0 - 0.25, y0 - 0.25, x1 + 0.25, y1 + 0.25)


def curve(sheet: Sheet, border: Border) -> None:
    sheet.curve(*border)


def stretched_pixel(sheet: Sheet, border: Border) -> None:
    x0, y0, x1, y1 = border
    sheet.image(x0 - 0.3, y0 - 0.3, x1 + 0.3, y1 + 0.3, gray=0)


def dashes(sheet: Sheet, border: Border) -> None:
    x0, y0, x1, y1 = border
    count = int(max(x1 - x0, y1 - y0) // 5)
    for i in range(count):
        a, b = i / count, (i + 0.6) / count
        sheet.line(x0 + (x1 - x0) * a, y0 + (y1 - y0) * a, x0 + (x1 - x0) * b, y0 + (y1 - y0) * b)


def dots(sheet: Sheet, border: Border) -> None:
    x0, y0, x1, y1 = border
    count = int(max(x1 - x0, y1 - y0) // 2.5)
    for i in range(count + 1):
        x, y = x0 + (x1 - x0) * i / count, y0 + (y1 - y0) * i / count
        sheet.block(x - 0.4, y - 0.4, x + 0.4, y + 0.4)


def double(sheet: Sheet, border: Border) -> None:
    x0, y0, x1, y1 = border
    sheet.line(*border)
    move_x, move_y = (1.5, 0.0) if x0 == x1 else (0.0, 1.5)
    sheet.line(x0 + move_x, y0 + move_y, x1 + move_x, y1 + move_y)


@pytest.mark.parametrize("draw", [line, thin_block, curve, stretched_pixel, dashes, dots, double])
def test_rules_are_rules_however_they_are_drawn(draw: Draw) -> None:
    reading = read(make_pdf(drawn(draw)))
    assert [texts(table) for table in reading.tables] == [CELLS]
    assert reading.problems == ()


@pytest.mark.parametrize("inset", [0.0, 0.8])
def test_a_box_around_every_cell(inset: float) -> None:
    sheet = Sheet()
    for row, col, rowspan, colspan, _ in CELLS:
        x1, y1 = XS[col + colspan] - inset, YS[row + rowspan] - inset
        sheet.frame(XS[col] + inset, YS[row] + inset, x1, y1)
    cell_texts(sheet)
    assert [texts(table) for table in read(make_pdf(sheet)).tables] == [CELLS]


def test_shading_is_no_rule() -> None:
    sheet = Sheet()
    for row, col, rowspan, colspan, _ in CELLS:
        colour = (0.8, 0.9, 1.0) if row == 0 else WHITE
        sheet.block(XS[col], YS[row], XS[col + colspan], YS[row + rowspan], colour=colour)
    for border in borders():
        sheet.line(*border)
    cell_texts(sheet)
    reading = read(make_pdf(sheet))
    assert [texts(table) for table in reading.tables] == [CELLS]
    assert reading.problems == ()


def test_white_rules_on_shading_are_rules() -> None:
    sheet = Sheet()
    sheet.block(XS[0], YS[0], XS[-1], YS[-1], colour=(0.8, 0.85, 0.95))
    for border in borders():
        sheet.line(*border, colour=WHITE, width=1.0)
    cell_texts(sheet)
    assert [texts(table) for table in read(make_pdf(sheet)).tables] == [CELLS]


@pytest.mark.parametrize(
    "left_out",
    [
        lambda b: b[0] == b[2] and b[0] in (XS[0], XS[-1]),
        lambda b: b[1] == b[3] == YS[-1],
        lambda b: b[1] == b[3] == YS[0],
    ],
    ids=["open at the sides", "no closing rule", "no rule on top"],
)
def test_a_table_need_not_be_closed(left_out: Callable[[Border], bool]) -> None:
    reading = read(make_pdf(drawn(line, left_out)))
    assert [texts(table) for table in reading.tables] == [CELLS]


def test_lines_around_the_table_in_reading_order() -> None:
    reading = read(make_pdf(goal_sheet()))
    assert [text_line.text for text_line in reading.lines] == [TITLE, UNIT, NOTE]
    assert reading.tables[0].box.rounded(0) == [60, 100, 500, 200]
    assert reading.route.route is Route.TEXT


@pytest.mark.parametrize(
    ("rotate", "box"),
    [
        (0, [60, 100, 500, 200]),
        (90, [200, 60, 300, 500]),
        (180, [60, 200, 500, 300]),
        (270, [100, 60, 200, 500]),
    ],
)
def test_a_turned_page_reads_upright_and_keeps_its_boxes(rotate: int, box: list[float]) -> None:
    reading = read(make_pdf(goal_sheet(), rotate=rotate))
    (table,) = reading.tables
    assert texts(table) == CELLS
    assert [text_line.text for text_line in reading.lines] == [TITLE, UNIT, NOTE]
    assert table.box.rounded(0) == box
    assert reading.geometry.rotation == -rotate % 360
    assert all(table.box.overlap(cell.box) == pytest.approx(cell.box.area) for cell in table.cells)


@pytest.mark.parametrize("matrix", ["0 1 -1 0 400 0", "0 -1 1 0 0 560"])
def test_a_table_set_sideways_on_an_upright_page(matrix: str) -> None:
    sideways = Sheet(400, 560)
    sideways.operators = [f"q {matrix} cm", *goal_sheet().operators, "Q"]
    reading = read(make_pdf(sideways))
    assert [texts(table) for table in reading.tables] == [CELLS]
    assert reading.geometry.rotation in (90, 270)


@pytest.mark.parametrize(("rotate", "origin"), [(0, (0.0, 0.0)), (90, (30.0, -50.0)), (0, (100.0, 200.0))])
def test_boxes_are_on_the_cropped_page(rotate: int, origin: tuple[float, float]) -> None:
    crop = (40.0, 30.0, 530.0, 380.0)
    reading = read(make_pdf(goal_sheet(), crop=crop, rotate=rotate, origin=origin))
    (table,) = reading.tables
    assert texts(table) == CELLS
    expected = Box(20, 70, 460, 170) if rotate == 0 else Box(380 - 200, 20, 380 - 100, 460)
    assert table.box.rounded(0) == expected.rounded(0)


def hide_invisible(sheet: Sheet) -> None:
    sheet.text(100, 300, "不可见的文字", mode=3)
    sheet.text(140, 143, "隐", mode=3)


def hide_white(sheet: Sheet) -> None:
    sheet.text(100, 300, "白色的文字", colour=WHITE)


def hide_under(sheet: Sheet) -> None:
    sheet.text(100, 300, "被盖住的")
    sheet.block(90, 280, 200, 310, colour=WHITE)


def hide_outside(sheet: Sheet) -> None:
    sheet.text(900, 300, "页外的文字")


def hide_by_clip(sheet: Sheet) -> None:
    with sheet.clipped(100, 300, 130, 320):
        sheet.text(101, 350, "裁掉的文字")


def mark_slanted(sheet: Sheet) -> None:
    sheet.text(100, 380, "内部资料严禁外传", size=40, turned=35, colour=(0.85, 0.85, 0.85))


def mark_upright(sheet: Sheet) -> None:
    sheet.text(100, 180, "内部资料", size=48, colour=(0.85, 0.85, 0.85))


@pytest.mark.parametrize(
    ("hide", "code"),
    [
        (hide_invisible, "hidden-text-dropped"),
        (hide_white, "hidden-text-dropped"),
        (hide_under, "hidden-text-dropped"),
        (hide_outside, "clipped-text-dropped"),
        (hide_by_clip, "clipped-text-dropped"),
        (mark_slanted, "watermark-dropped"),
        (mark_upright, "watermark-dropped"),
    ],
)
def test_what_is_not_seen_is_not_read_but_told(hide: Callable[[Sheet], None], code: str) -> None:
    sheet = goal_sheet()
    hide(sheet)
    reading = read(make_pdf(sheet))
    assert [texts(table) for table in reading.tables] == [CELLS]
    assert [text_line.text for text_line in reading.lines] == [TITLE, UNIT, NOTE]
    assert [problem.code for problem in reading.problems] == [code]


def test_visible_text_under_its_own_searchable_copy_stays() -> None:
    sheet = goal_sheet()
    sheet.operators += [op.replace(" 0 Tr", " 3 Tr") for op in goal_sheet().operators if "BT" in op]
    assert [texts(table) for table in read(make_pdf(sheet)).tables] == [CELLS]


def test_white_text_on_a_dark_head_is_read() -> None:
    sheet = Sheet()
    sheet.block(XS[0], YS[0], XS[-1], YS[1], colour=(0.1, 0.2, 0.5))
    for border in borders():
        sheet.line(*border)
    cell_texts(sheet, CELLS[1:])
    sheet.text(250, 116, CELLS[0][4], colour=WHITE)
    reading = read(make_pdf(sheet))
    assert [texts(table) for table in reading.tables] == [CELLS]
    assert reading.problems == ()


@pytest.mark.parametrize("moved", [0.0, 0.3])
def test_glyphs_drawn_twice_to_look_bold_count_once(moved: float) -> None:
    sheet = goal_sheet()
    again = [op.replace(" Tm", f" Tm {moved} 0 Td") for op in sheet.operators if "BT" in op]
    sheet.operators += again
    reading = read(make_pdf(sheet))
    assert [texts(table) for table in reading.tables] == [CELLS]


def test_a_label_stacked_one_character_a_line_is_one_text() -> None:
    sheet = drawn(line)
    sheet.operators = [op for op in sheet.operators if "产出指标".encode("utf-16-be").hex() not in op]
    for i, character in enumerate("产出指标"):
        sheet.text(90, YS[1] + 11 + i * 11, character)
    assert [texts(table) for table in read(make_pdf(sheet)).tables] == [CELLS]


def test_a_label_set_sideways_is_one_text() -> None:
    sheet = drawn(line)
    sheet.operators = [op for op in sheet.operators if "产出指标".encode("utf-16-be").hex() not in op]
    sheet.text(98, YS[3] - 5, "产出指标", turned=90)
    assert [texts(table) for table in read(make_pdf(sheet)).tables] == [CELLS]


def test_wrapped_lines_join_without_a_break_and_words_keep_their_space() -> None:
    sheet = Sheet()
    sheet.frame(50, 50, 150, 110)
    sheet.frame(150, 50, 300, 110)
    sheet.text(55, 70, "辅助提升就")
    sheet.text(55, 84, "业率2%")
    sheet.text(155, 70, "A4 paper 2 m")
    sheet.text(215, 66, "2", size=6)
    reading = read(make_pdf(sheet))
    assert [cell.text for cell in reading.tables[0].cells] == ["辅助提升就业率2%", "A4 paper 2 m2"]


def test_text_that_runs_over_into_the_next_cell_stays_where_it_begins() -> None:
    sheet = drawn(line)
    gone = ("生活水平", "提高")
    sheet.operators = [op for op in sheet.operators if not any(f"<{_hex(text)}>" in op for text in gone)]
    sheet.text(XS[2] + 103, YS[3] + 16, "生活水平大幅提高超出单元格")
    table = read(make_pdf(sheet)).tables[0]
    assert texts(table)[-2:] == ((3, 2, 1, 1, "生活水平大幅提高超出单元格"), (3, 3, 1, 1, ""))
    assert table.cells[-2].flags == ("text-overflows-cell",)


def _hex(text: str) -> str:
    return text.encode("utf-16-be").hex()


def test_several_tables_on_a_page() -> None:
    sheet = goal_sheet()
    lower = [y + 150 for y in YS]
    for border in borders(ys=lower):
        sheet.line(*border)
    cell_texts(sheet, ys=lower)
    reading = read(make_pdf(sheet))
    assert [texts(table) for table in reading.tables] == [CELLS, CELLS]
    assert reading.tables[0].box.y1 < reading.tables[1].box.y0


def test_a_page_frame_of_two_boxes_is_not_the_table() -> None:
    sheet = goal_sheet()
    sheet.frame(20, 20, 540, 70)
    sheet.frame(20, 70, 540, 390)
    reading = read(make_pdf(sheet))
    assert [texts(table) for table in reading.tables] == [CELLS]
    assert len(reading.lines) == 3


def test_squared_paper_is_no_table() -> None:
    sheet = Sheet()
    for i in range(160):
        sheet.line(3.4 * i, 2, 3.4 * i, 398)
        sheet.line(0, 2.4 * i, 541, 2.4 * i)
    sheet.text(100, 100, "规划图", size=3)
    reading = read(make_pdf(sheet))
    assert reading.tables == ()
    assert [text_line.text for text_line in reading.lines] == ["规划图"]


@pytest.mark.parametrize("draw", ["frame", "underline"])
def test_strokes_that_are_no_part_of_the_table(draw: str) -> None:
    sheet = goal_sheet()
    if draw == "frame":
        sheet.frame(20, 20, 540, 390)
    else:
        sheet.line(150, 144, 200, 144)
    reading = read(make_pdf(sheet))
    assert [texts(table) for table in reading.tables] == [CELLS]
    assert len(reading.lines) == 3


def test_a_row_cut_by_the_page_break_keeps_its_lines_below_the_last_stroke() -> None:
    """Browsers end the verticals early and draw nothing below."""
    sheet = Sheet()
    xs = (50.0, 150.0, 400.0)
    for x in xs:
        sheet.line(x, 50, x, 98)
    for y in (50, 75):
        sheet.line(50, y, 400, y)
    sheet.text(60, 66, "项目名称")
    sheet.text(160, 66, "年度绩效目标")
    sheet.text(60, 90, "村干部报酬")
    for i, text in enumerate(("按时足额发放", "保障基层运转", "群众满意")):
        sheet.text(160, 90 + 13 * i, text)
    sheet.text(200, 380, "- 3 -")
    reading = read(make_pdf(sheet))
    assert [cell.text for cell in reading.tables[0].cells] == [
        "项目名称",
        "年度绩效目标",
        "村干部报酬",
        "按时足额发放保障基层运转群众满意",
    ]
    assert [text_line.text for text_line in reading.lines] == ["-3-"]


def test_gaps_in_the_rules_are_told() -> None:
    gone = {(XS[0], YS[3], XS[1], YS[3]), (XS[1], YS[3], XS[1], YS[4])}
    reading = read(make_pdf(drawn(line, lambda border: border in gone)))
    assert "grid-uncertain" in [problem.code for problem in reading.problems]
    assert reading.tables[0].score < 1.0


def test_a_picture_has_no_text_layer() -> None:
    with open_document(blank_png()) as opened, pytest.raises(UnsupportedDocument, match="no text layer"):
        read_digital_page(opened, 1)


def positions(sheet: Sheet, rows: Sequence[Sequence[str]], ys: Sequence[float]) -> None:
    for y, row in zip(ys, rows, strict=True):
        for x, text in zip((60, 150, 250, 450), row, strict=True):
            if text:
                sheet.text(x, y, text)


HEAD = ("一级指标", "二级指标", "三级指标", "指标值")
BODY = (
    ("产出指标", "数量指标", "补助发放人数", "≥87人"),
    ("产出指标", "质量指标", "补助发放准确率", "=100%"),
    ("产出指标", "时效指标", "补助发放及时率", "≥95%"),
    ("效益指标", "社会效益", "生活水平", "提高"),
)


def rows_of(table: PageTable) -> list[tuple[str, ...]]:
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        rows.setdefault(cell.row, []).append(cell.text)
    return [tuple(row) for _, row in sorted(rows.items())]


@pytest.mark.parametrize("rules", ["none", "three", "every row"])
def test_tables_without_verticals(rules: str) -> None:
    sheet = Sheet()
    sheet.text(
        60, 60, "项目名称：2024年补助项目，主管部门：县民政局，年度资金总额一百零四万元，其中财政拨款全部"
    )
    ys = [100.0 + 20 * i for i in range(5)]
    positions(sheet, (HEAD, *BODY), ys)
    heights = {"none": [], "three": [86, 106, 186], "every row": [86 + 20 * i for i in range(6)]}[rules]
    for y in heights:
        sheet.line(55, y, 510, y)
    sheet.text(250, 380, "第 1 页")
    reading = read(make_pdf(sheet))
    (table,) = reading.tables
    assert rows_of(table) == [HEAD, *BODY]
    assert [text_line.text[-4:] for text_line in reading.lines] == ["拨款全部", "第1页"]
    assert reading.problems == ()


def test_a_wrapped_name_beside_centred_neighbours() -> None:
    sheet = Sheet()
    for y in (86, 106, 210):
        sheet.line(55, y, 510, y)
    positions(sheet, (HEAD, BODY[0]), (100, 122))
    positions(sheet, (("产出指标", "质量指标", "", "≥99%"),), (148,))
    sheet.text(250, 142, "村干部和村民小组长补助发")
    sheet.text(250, 154, "放准确率")
    positions(sheet, BODY[2:], (174, 196))
    (table,) = read(make_pdf(sheet)).tables
    assert rows_of(table)[2] == ("产出指标", "质量指标", "村干部和村民小组长补助发放准确率", "≥99%")
    assert len(rows_of(table)) == 5


def test_a_label_centred_beside_its_rows_spans_them() -> None:
    sheet = Sheet()
    for y in (86, 106, 190):
        sheet.line(55, y, 510, y)
    positions(sheet, (HEAD, *(("", *row[1:]) for row in BODY)), (100, 120, 140, 160, 180))
    sheet.text(60, 130, "产出指标")
    sheet.text(60, 170, "效益指标")
    (table,) = read(make_pdf(sheet)).tables
    labels = [(c.row, c.rowspan, c.text) for c in table.cells if c.col == 0]
    assert labels == [(0, 1, "一级指标"), (1, 2, "产出指标"), (3, 2, "效益指标")]


@pytest.mark.parametrize("ruled", [True, False])
def test_the_rules_of_a_page_head_and_foot_are_no_table(ruled: bool) -> None:
    sheet = goal_sheet() if ruled else Sheet()
    if not ruled:
        positions(sheet, (HEAD, *BODY), [110.0 + 20 * i for i in range(5)])
    for y in (30, 380):
        sheet.line(40, y, 520, y)
    sheet.text(60, 28, "县财政局")
    sheet.text(260, 45, "二〇二四年部门预算公开说明材料及其附表，预算绩效目标")
    reading = read(make_pdf(sheet))
    (table,) = reading.tables
    assert (texts(table) == CELLS) if ruled else (rows_of(table) == [HEAD, *BODY])


def test_a_page_that_looks_like_a_table_but_makes_none_is_told() -> None:
    """Fields at another place in every row: no white is shared, and two rules part many rows."""
    sheet = Sheet()
    for y in (80, 130, 330):
        sheet.line(50, y, 510, y)
    sheet.text(60, 110, "年度绩效目标")
    for i in range(10):
        x = 60 + 37 * (i * 7 % 10)
        sheet.text(60, 150 + 18 * i, "指" * (1 + i * 3 % 7))
        sheet.text(x + 90, 150 + 18 * i, "标值")
    reading = read(make_pdf(sheet))
    assert reading.tables == ()
    assert [problem.code for problem in reading.problems] == ["grid-uncertain"]


def test_prose_is_no_table() -> None:
    sheet = Sheet()
    for i in range(12):
        sheet.text(
            60, 60 + 16 * i, "为加强预算绩效管理，提高财政资金使用效益，根据有关规定编制本报告。"[: 30 - i]
        )
    sheet.text(60, 300, "主管部门：县民政局")
    sheet.text(260, 300, "预算年度：2024年")
    reading = read(make_pdf(sheet))
    assert reading.tables == ()
    assert len(reading.lines) == 14
