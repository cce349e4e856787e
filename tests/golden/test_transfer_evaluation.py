"""The form that docs/adding-a-form.md adds by data, on a printed page: read whole, no doubt left."""

from __future__ import annotations

import json
from pathlib import Path

from goaltables import digitize

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
FILE = "transfer_evaluation.pdf"
INDICATOR = ("level1", "level2", "name", "value_text", "operator", "value", "unit", "actual_text")
HEADER = ("form", "title", "fiscal_year", "organization", "project", "amount_unit", "annual_goal", "fields")


def test_the_self_evaluation_of_a_transfer_is_read_whole() -> None:
    truth = json.loads((FIXTURES / "expected" / f"{FILE}.json").read_text(encoding="utf-8"))["tables"][0]
    document = digitize(FIXTURES / "documents" / FILE)
    (table,) = document.tables
    assert {key: getattr(table, key) for key in HEADER} == {key: truth[key] for key in HEADER}
    assert [{key: getattr(i, key) for key in INDICATOR} for i in table.indicators] == [
        {key: i[key] for key in INDICATOR} for i in truth["indicators"]
    ]
    assert table.self_evaluation is not None
    assert table.self_evaluation.model_dump() == truth["self_evaluation"]
    assert [(b.name, b.total, b.fiscal, b.other) for b in table.budget] == [
        (b["name"], b["total"], b["fiscal"], b["other"]) for b in truth["budget"]
    ]
    assert (table.findings, document.findings) == ([], [])
