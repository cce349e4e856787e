"""The dataset holds what people decided: corrected texts and what follows from them, marks, decisions."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from made_record import changed_text, made_document, write_record
from test_review_overlay import case_of, decision, standing

from goaltables.document import Document
from goaltables.pipeline.dataset.columns import Row, dataset_table
from goaltables.pipeline.dataset.export import export_dataset
from goaltables.pipeline.dataset.frames import load_records
from goaltables.pipeline.review.decisions import Action
from goaltables.pipeline.review.store import ReviewStore


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return write_record(tmp_path, made_document())


def decide(out: Path, role: str, machine: str, after: str | None, action: Action = Action.CORRECT) -> None:
    case = case_of(Document.model_validate_json((out / "documents" / "a.pdf.json").read_bytes()))
    with ReviewStore(out) as store:
        number = len(store.decisions(case.machine.source.sha256)) + 1
        store.add(decision(number, case, standing(case, role, machine).item, after, action))


def rows(out: Path, table: str) -> list[Row]:
    frame = load_records(out)[table]
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def first_value(record: Path) -> tuple[str, str | None]:
    indicator = Document.model_validate_json(record.read_bytes()).tables[0].indicators[0]
    return str(indicator.value_text), indicator.value


def test_a_correction_is_parsed_again_and_its_row_marked(record: Path) -> None:
    out = record.parents[1]
    printed, _ = first_value(record)
    decide(out, "indicator.value_text", printed, "≥77人")
    row = rows(out, "indicators")[0]
    assert (row["value_text"], row["value"], row["review"]) == ("≥77人", Decimal(77), "corrected")
    assert load_records(out)["indicators"]["review"].notna().sum() == 1
    (made,) = rows(out, "reviews")
    assert set(made) == {column.name for column in dataset_table("reviews").columns}
    assert (made["row_id"], made["machine_text"], made["text"], made["reviewed_by"]) == (
        row["indicator_id"],
        printed,
        "≥77人",
        "甲",
    )
    assert first_value(record)[0] == printed, "the record stays the machine's"


def test_a_decision_against_a_text_that_changed_is_listed_and_not_applied(record: Path) -> None:
    out = record.parents[1]
    printed, _ = first_value(record)
    decide(out, "indicator.value_text", printed, "≥77人")
    changed_text(record, printed, "≥9人")
    row = rows(out, "indicators")[0]
    assert (row["value_text"], row["review"]) == ("≥9人", "waiting")


def test_the_store_learns_that_the_files_hold_its_decisions(record: Path) -> None:
    out = record.parents[1]
    decide(out, "indicator.value_text", first_value(record)[0], "≥77人")
    export_dataset(out)
    assert "≥77人" in (out / "dataset" / "indicators.csv").read_text("utf-8-sig")
    assert "≥77人" in (out / "dataset" / "reviews.csv").read_text("utf-8-sig")
    with ReviewStore(out) as store:
        assert store.not_exported == 0
