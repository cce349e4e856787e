"""The whole way on the fixtures: files in, records out, compared with the truth the maker wrote."""

from __future__ import annotations

import functools
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from goaltables import digitize
from goaltables.document import Document, GoalTable
from goaltables.pipeline.score.measures import CODES

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SEED_PDFS = ("seed_digital.pdf", "seed_late_labels.pdf", "seed_scan.pdf")
SEED_FILES = (*SEED_PDFS, "seed_page.jpg")
OTHER_FILES = ("project_digital.pdf", "project_page.png", "department_fax.tif", "disclosure_report.pdf")
LEAST_OF_A_PHOTO = 33  # of the 35 that seed_page.jpg shows
RECORD = ("level1", "level2", "name", "operator", "value", "unit", "qualitative")


@functools.cache
def record(file: str) -> Document:
    return digitize(FIXTURES / "documents" / file)


def only_table(file: str) -> GoalTable:
    document = record(file)
    assert document.status == "ok", document.error
    (table,) = document.tables
    return table


def expected(file: str) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((FIXTURES / "expected" / f"{file}.json").read_text(encoding="utf-8"))
    table: dict[str, Any] = truth["tables"][0]
    return table


def read_records(file: str) -> list[tuple[str | None, ...]]:
    return [tuple(getattr(i, key) for key in RECORD) for i in only_table(file).indicators]


def true_records(file: str) -> list[tuple[str | None, ...]]:
    return [tuple(i[key] for key in RECORD) for i in expected(file)["indicators"]]


def rows_of(table: GoalTable, code: str) -> set[tuple[int, int]]:
    """(page, row) of every cell that findings of `code` point at."""
    return {(s.page, s.row) for f in table.findings if f.code == code for s in f.source}


def true_rows(file: str, texts: set[str]) -> set[tuple[int, int]]:
    """(page, row) of the cells that print one of `texts`."""
    pages = expected(file)["pages"]
    return {(p["page"], c["row"]) for p in pages for c in p["cells"] if c["text"] in texts}


@pytest.mark.parametrize("file", [*SEED_PDFS, *OTHER_FILES])
def test_every_indicator_is_read_exactly(file: str) -> None:
    assert read_records(file) == true_records(file)


def test_the_photo_gives_nearly_every_indicator() -> None:
    right = Counter(read_records("seed_page.jpg")) & Counter(true_records("seed_page.jpg"))
    assert right.total() >= LEAST_OF_A_PHOTO


@pytest.mark.parametrize("file", ["seed_digital.pdf", "seed_late_labels.pdf", "project_digital.pdf"])
def test_the_values_of_a_text_layer_are_as_printed(file: str) -> None:
    assert [i.value_text for i in only_table(file).indicators] == [
        i["value_text"] for i in expected(file)["indicators"]
    ]


@pytest.mark.parametrize("file", [*SEED_PDFS, *OTHER_FILES])
def test_the_budget_is_as_printed(file: str) -> None:
    read = [(b.name, b.total, b.fiscal, b.other) for b in only_table(file).budget]
    assert read == [(b["name"], b["total"], b["fiscal"], b["other"]) for b in expected(file)["budget"]]


@pytest.mark.parametrize("file", [*SEED_FILES, *OTHER_FILES])
def test_the_head_of_the_table(file: str) -> None:
    table, truth = only_table(file), expected(file)
    for key in ("form", "title", "fiscal_year", "organization", "project", "amount_unit"):
        assert getattr(table, key) == truth[key], key


@pytest.mark.parametrize("file", ["seed_digital.pdf", "seed_late_labels.pdf", "project_digital.pdf"])
def test_the_annual_goal_is_read_character_for_character(file: str) -> None:
    assert only_table(file).annual_goal == expected(file)["annual_goal"]


def test_the_goal_items_lose_markup_and_doubled_numbers() -> None:
    items = only_table("seed_digital.pdf").goal_items
    assert len(items) == 7
    assert not any("<" in item for item in items)
    assert "按月足额发放" in items[5]


@pytest.mark.parametrize("file", SEED_PDFS)
def test_the_five_cut_names_are_completed_and_no_other_is_touched(file: str) -> None:
    read = [(i.name, i.full_name, i.name_status == "completed") for i in only_table(file).indicators]
    assert read == [(i["name"], i["full_name"], i["truncated"]) for i in expected(file)["indicators"]]


@pytest.mark.parametrize("file", OTHER_FILES)
def test_no_name_is_touched_where_none_is_cut(file: str) -> None:
    assert [i.name for i in only_table(file).indicators if i.full_name != i.name] == []


@pytest.mark.parametrize("file", [*SEED_PDFS, *OTHER_FILES])
def test_the_findings_are_those_of_the_table(file: str) -> None:
    assert {f.code for f in only_table(file).findings} & frozenset(CODES) == set(expected(file)["errors"])


@pytest.mark.parametrize("file", SEED_PDFS)
def test_each_wrong_row_total_is_pointed_at(file: str) -> None:
    tasks = {b["name"] for b in expected(file)["budget"][:-1]}
    assert rows_of(only_table(file), "row-total-mismatch") >= true_rows(file, tasks)


@pytest.mark.parametrize("file", SEED_PDFS)
def test_each_empty_level2_label_is_pointed_at(file: str) -> None:
    empty = true_rows(file, {"经济效益指标", "生态效益指标", "可持续影响指标"})
    assert rows_of(only_table(file), "empty-indicator") == empty


@pytest.mark.parametrize(
    ("file", "routes"),
    [
        ("seed_digital.pdf", ["text", "text"]),
        ("seed_scan.pdf", ["ocr", "ocr"]),
        ("department_fax.tif", ["ocr", "ocr"]),
        ("disclosure_report.pdf", ["text", "text", "ocr"]),
    ],
)
def test_each_page_goes_its_way_and_says_why(file: str, routes: list[str]) -> None:
    pages = record(file).pages
    assert [p.route for p in pages] == routes
    assert all(p.reason for p in pages)


@pytest.mark.parametrize(
    ("file", "error_class"),
    [
        ("broken.pdf", "malformed"),
        ("empty.pdf", "empty"),
        ("encrypted.pdf", "encrypted"),
        ("not_a_pdf.pdf", "unsupported"),
    ],
)
def test_a_bad_file_costs_one_failed_record(file: str, error_class: str) -> None:
    document = record(file)
    assert document.status == "failed"
    assert document.error is not None
    assert document.error.error_class == error_class
    assert len(document.error.message) > len(error_class)
    assert document.tables == []


def test_the_password_opens_the_encrypted_table() -> None:
    document = digitize(FIXTURES / "documents" / "encrypted.pdf", passwords=("wrong", "songlan-2023"))
    (table,) = document.tables
    read = [tuple(getattr(i, key) for key in RECORD) for i in table.indicators]
    assert read == true_records("encrypted.pdf")
