"""Text dumps: encodings, pages, torn rows, rows that lost a cell, labels that hold for the rows below."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.errors import LimitExceeded
from goaltables.extractors.files.limits import Limits
from goaltables.extractors.office.dump_columns import aligned_rows, spanned_cells
from goaltables.extractors.office.logical_page import LogicalDocument, read_logical_page
from goaltables.extractors.open_document import open_document
from goaltables.records import PageReading

HEAD = "一级指标\t二级指标\t三级指标\t指标值"
ROWS = "产出指标\t数量指标\t发放人数\t=87人\n\t质量指标\t准确率\t100%\n\t时效指标\t及时性\t100%"
texts = st.sampled_from(["", "", "成本指标", "数量指标", "发放人数", "=3人", "100%", "<=5.88万元", "长期"])
grids = st.integers(1, 6).flatmap(
    lambda width: st.lists(st.lists(texts, min_size=width, max_size=width), max_size=12)
)


def pages(text: str | bytes) -> list[PageReading]:
    opened = open_document(text if isinstance(text, bytes) else text.encode())
    assert isinstance(opened, LogicalDocument)
    return [read_logical_page(opened, number) for number in range(1, opened.page_count + 1)]


def grid(page: PageReading) -> list[list[str]]:
    (table,) = page.tables
    rows = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = cell.text
    return rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_make_no_difference(encoding: str, newline: str) -> None:
    text = f"绩效目标表\n{HEAD}\n{ROWS}\n"
    (page,) = pages(text.replace("\n", newline).encode(encoding))
    assert [line.text for line in page.lines] == ["绩效目标表"]
    assert grid(page) == [row.split("\t") for row in f"{HEAD}\n{ROWS}".split("\n")]


def test_an_empty_line_between_rows_and_a_form_feed_end_a_page() -> None:
    found = pages(f"**标题**\n\n{HEAD}\n{ROWS}\n\n{ROWS}\n\n第二张表\n{HEAD}\n{ROWS}\f{ROWS}\n")
    assert [len(page.tables) for page in found] == [1, 2, 1]
    assert [[line.text for line in page.lines] for page in found] == [["标题"], ["第二张表"], []]


def test_a_title_copied_with_its_merged_cell_is_no_row() -> None:
    (page,) = pages(f"项目支出绩效目标表\t\t\t\n（2023年度）\t\t\t\n{HEAD}\n{ROWS}")
    assert [line.text for line in page.lines] == ["项目支出绩效目标表", "（2023年度）"]
    assert grid(page)[0] == HEAD.split("\t")


def test_a_cell_over_several_lines_is_put_together() -> None:
    (page,) = pages(f'年度目标\t"一、保障\n二、""提升"""\t\t\n{HEAD}\n{ROWS}')
    assert grid(page)[0] == ["年度目标", '一、保障二、"提升"', "", ""]
    assert page.lines == ()


def test_short_rows_are_left_alone_where_a_tear_would_not_explain_them() -> None:
    (page,) = pages(f"单位\t某镇\n{HEAD}\n{ROWS}\n合计\t3\t4")
    assert grid(page)[0] == ["单位", "某镇", "", ""]
    assert grid(page)[-1] == ["合计", "3", "4", ""]


def test_rows_that_lost_a_cell_find_their_columns() -> None:
    rows = [
        ["产出指标", "数量指标", "人数", "=87人"],
        ["", "成本指标", "人均支出", "<=10.38万元"],
        ["成本指标", "支出标准", "<=5.88万元", ""],
        ["成本指标", "工作费", "<=12.88万元", ""],
        ["效益指标", "经济效益指标", "", ""],
        ["", "社会效益指标", "治理体系", "有效提升"],
    ]
    aligned, moved = aligned_rows(rows)
    assert moved == {2, 3}
    assert aligned[3] == ("", "成本指标", "工作费", "<=12.88万元")
    assert aligned[4] == ("效益指标", "经济效益指标", "", "")


def test_blank_amounts_are_no_lost_cells() -> None:
    rows = [["人员", "903", "904", "0"], ["运转", "80", "81", "0"], ["合计", "983", "985", ""]]
    assert aligned_rows(rows)[1] == frozenset()


def test_a_head_over_numbers_is_no_row_that_lost_a_cell() -> None:
    rows = [
        ["年度主要任务", "任务名称", "预算金额", ""],
        ["", "", "总额", "财政拨款"],
        ["", "运转", "80", "81"],
    ]
    assert aligned_rows([*rows, ["", "合计", "80", "81"]])[1] == frozenset()


def test_labels_on_top_go_on_below_and_stop_at_the_next() -> None:
    rows = [line.split("\t") for line in f"{HEAD}\n{ROWS}\n效益指标\t社会效益指标\t满意度\t90%".split("\n")]
    spans = {(row, col): rowspan for row, col, rowspan, _, _ in spanned_cells(rows)}
    assert spans[1, 0] == 3
    assert spans[4, 0] == 1
    assert {spans[0, col] for col in range(4)} == {1}


def test_labels_from_the_middle_of_their_cells_stay_alone() -> None:
    rows = [
        HEAD.split("\t"),
        ["", "数量指标", "人数", "3人"],
        ["产出指标", "", "次数", "4次"],
        ["", "", "率", "9%"],
    ]
    assert {rowspan for _, _, rowspan, _, _ in spanned_cells(rows)} == {1}


@settings(derandomize=True, max_examples=300)
@given(grids)
def test_cells_tile_the_rows_and_no_text_is_lost(rows: list[list[str]]) -> None:
    aligned, _ = aligned_rows(rows)
    assert [[text for text in row if text] for row in aligned] == [[t for t in row if t] for row in rows]
    cells = spanned_cells(aligned)
    covered = [(r + i, c + j) for r, c, high, wide, _ in cells for i in range(high) for j in range(wide)]
    assert sorted(covered) == [(r, c) for r, row in enumerate(aligned) for c in range(len(row))]
    assert sorted(t for *_, t in cells if t) == sorted(t for row in aligned for t in row if t)


def test_a_dump_of_too_many_columns_or_cells_is_refused() -> None:
    with pytest.raises(LimitExceeded, match="columns"):
        open_document(("表\t" * 500 + "\n").encode() * 3)
    with pytest.raises(LimitExceeded, match="cells"):
        open_document(f"{HEAD}\n{ROWS}".encode(), limits=Limits(max_cells=5))
