"""The words that forms print, and the kinds of the cells in a form's columns."""

from __future__ import annotations

import pytest
from printed_page import page_of, table_of

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.rereading.cell_kinds import cell_kinds
from goaltables.normalizers.rereading.expectation import Kind
from goaltables.normalizers.rereading.form_words import form_words, is_form_word
from goaltables.normalizers.understanding.labels import levels

HEADS, LABELS = load_toml("column_heads.toml")["column"], load_toml("header_labels.toml")


@pytest.mark.parametrize(
    "words",
    [
        [word for entry in HEADS for word in entry["words"]],
        [word for entry in HEADS for word in entry.get("weak", ())],
        [word for entry in LABELS["label"] for word in entry["words"]],
        [word for entry in LABELS["head"] for word in entry["words"]],
        [word for level in levels(1) for word in level.labels],
        [word for level in levels(2) for word in level.labels],
    ],
    ids=["heads", "weak heads", "labels", "heads of amounts", "level 1", "level 2"],
)
def test_every_word_of_the_data_files_is_one(words: list[str]) -> None:
    assert words
    assert {word for word in words if word not in form_words() or not is_form_word(word)} == set()


def test_what_printing_adds_makes_no_other_word_and_other_words_are_none() -> None:
    assert is_form_word("★ 一级指标：")
    assert is_form_word("产出指标（50分）")
    assert not is_form_word("产出指样")
    assert not is_form_word("补助发放人数")


def test_cells_are_of_the_kind_of_their_column_and_heads_are_labels() -> None:
    page = page_of(
        table_of(
            """
            项目名称 | 甲 | < | < | < | < | <
            一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 | 权重
            产出指标 | 数量指标 | 培训人数 | ≥ | 5 | 人 | 50
            """
        ),
        table_of("序号 | 其他\n1 | 无", y=400.0),
    )
    kinds = cell_kinds([page])
    header, *rest = page.tables[0].cells
    by_text = {cell.text: kinds.get(id(cell)) for cell in rest}
    assert id(header) not in kinds
    assert {by_text[text] for text in ("一级指标", "三级指标", "指标值", "权重")} == {Kind.LABEL}
    assert by_text["培训人数"] is Kind.NAME
    assert by_text["≥"] is Kind.OPERATOR
    assert by_text["5"] is Kind.VALUE
    assert by_text["人"] is Kind.UNIT
    assert by_text["50"] is Kind.NUMBER
    assert by_text["产出指标"] is by_text["甲"] is None
    assert not any(id(cell) in kinds for cell in page.tables[1].cells)
