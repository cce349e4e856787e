"""The dataset: rows from records, keys that join, CSV that gives back every string, a valid package."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.document import (
    BudgetRow,
    CellSource,
    Document,
    DocumentFailure,
    DocumentSource,
    EngineIdentity,
    Finding,
    GoalTable,
    Indicator,
    PublishedCell,
    TablePage,
)
from goaltables.errors import UsageError
from goaltables.pipeline.dataset.export import describe, export_dataset, load_records
from goaltables.pipeline.dataset.rows import dataset_reference, dataset_tables, flatten

ENGINE = EngineIdentity(goaltables="0", reader="", model="", config_sha256="0" * 64)
WHERE = CellSource(page=2, bbox=[1.0, 2.0, 30.5, 4.0], row=3, col=1)


def a_document(path: str = "a.pdf", text: str = "=87人") -> Document:
    table = GoalTable(
        id="p1t1",
        form="department_overall",
        title="部门（单位）整体支出绩效目标表",
        fiscal_year=2022,
        organization="某县某乡人民政府",
        amount_unit="万元",
        fields={"部门（单位）名称": "某县某乡人民政府"},
        budget=[
            BudgetRow(
                name="运转保障", content="日常", total="1,234.50", fiscal="１２", other="-", source=[WHERE]
            )
        ],
        indicators=[
            Indicator(
                level1="产出指标",
                name=text,
                full_name=text,
                value_text=text,
                operator="=",
                value="87",
                unit="人",
                reasons=["low-confidence", "name-doubtful"],
                confidence=0.25,
                source=[WHERE],
            )
        ],
        findings=[Finding(code="missing-total", severity="error", message="合计", source=[WHERE])],
        pages=[TablePage(page=2, bbox=[0.0, 0.0, 9.0, 9.0], cells=[_cell()])],
    )
    source = DocumentSource(path=path, sha256="a" * 64, bytes=9, media_type="application/pdf", page_count=2)
    return Document(
        status="ok",
        source=source,
        tables=[table],
        findings=[Finding(code="page-failed", severity="error", message="p. 1")],
        engine=ENGINE,
    )


def _cell() -> PublishedCell:
    return PublishedCell(
        row=0, col=0, rowspan=1, colspan=1, text="x", bbox=[0.0, 0.0, 9.0, 9.0], confidence=1.0, reader="r"
    )


def a_failure(path: str = "b.pdf") -> Document:
    source = DocumentSource(path=path, sha256="", bytes=0, media_type="", page_count=0)
    failure = DocumentFailure(error_class="empty", message="the file has no bytes")
    return Document(status="failed", error=failure, source=source, engine=ENGINE)


def put(out: Path, documents: dict[str, Document]) -> Path:
    for name, document in documents.items():
        path = out / "documents" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document.to_json())
    return out


def read_csv(path: Path) -> list[dict[str, str]]:
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf"), "spreadsheets know UTF-8 by its mark"
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_rows_have_exactly_the_columns_of_the_data_file() -> None:
    rows = flatten([("a.pdf", a_document()), ("b.pdf", a_failure())])
    for table in dataset_tables():
        names = {column.name for column in table.columns}
        assert rows[table.name], table.name
        for row in rows[table.name]:
            assert set(row) == names, table.name


def test_raw_and_normalised_stand_side_by_side() -> None:
    rows = flatten([("a.pdf", a_document())])
    (line,) = rows["budget"]
    assert (line["total_text"], line["total"]) == ("1,234.50", Decimal("1234.50"))
    assert (line["fiscal_text"], line["fiscal"]) == ("１２", Decimal(12))
    assert (line["other_text"], line["other"]) == ("-", None)
    (indicator,) = rows["indicators"]
    assert (indicator["value_text"], indicator["operator"], indicator["value"]) == (
        "=87人",
        "eq",
        Decimal(87),
    )
    assert (indicator["page"], indicator["bbox"]) == (2, "1 2 30.5 4")


def test_failed_inputs_have_a_row_too() -> None:
    rows = flatten([("b.pdf", a_failure())])
    assert [(row["status"], row["error_class"]) for row in rows["documents"]] == [("failed", "empty")]


def test_keys_join_and_are_unique(tmp_path: Path) -> None:
    out = put(tmp_path, {"a.pdf": a_document(), "sub/a.pdf": a_document("sub/a.pdf"), "b.pdf": a_failure()})
    frames = load_records(out)
    for table in dataset_tables():
        frame = frames[table.name]
        assert frame[table.key].is_unique
        for column in table.columns:
            if column.refers:
                known = set(frames[column.refers].iloc[:, 0])
                assert set(frame[column.name].dropna()) <= known


def test_load_records_gives_types(tmp_path: Path) -> None:
    frames = load_records(put(tmp_path, {"a.pdf": a_document(), "b.pdf": a_failure()}))
    assert frames["tables"]["fiscal_year"].dtype == pd.Int64Dtype()
    assert frames["indicators"]["needs_review"].dtype == pd.BooleanDtype()
    assert frames["indicators"]["value"][0] == Decimal(87)
    assert pd.isna(frames["documents"].set_index("document")["media_type"]["b.pdf"])


def test_an_empty_output_has_empty_tables_with_all_columns(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    export_dataset(tmp_path)
    for table in dataset_tables():
        header = (tmp_path / "dataset" / f"{table.name}.csv").read_text("utf-8-sig")
        assert header.strip().split(",") == [column.name for column in table.columns]


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=30))
def test_every_string_comes_back_from_the_csv(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    out = put(tmp_path_factory.mktemp("out"), {"a.pdf": a_document(text=text)})
    export_dataset(out)
    (row,) = read_csv(out / "dataset" / "indicators.csv")
    assert row["name"] == text
    assert row["value_text"] == text


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    first = put(tmp_path / "1", {"a.pdf": a_document(), "b.pdf": a_failure()})
    second = put(tmp_path / "2", {"b.pdf": a_failure(), "a.pdf": a_document()})
    for one, two in zip(export_dataset(first), export_dataset(second), strict=True):
        assert one.read_bytes() == two.read_bytes()


def test_unknown_format_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="dbase"):
        export_dataset(put(tmp_path, {}), ["dbase"])


def test_description_names_every_column_in_both_languages() -> None:
    for resource in describe()["resources"]:
        for field in resource["schema"]["fields"]:
            assert field["title"]
            assert field["description"]


class TestFrictionless:
    """The package passes Frictionless, and Frictionless would say so if it did not."""

    @pytest.fixture
    def dataset(self, tmp_path: Path) -> Path:
        out = put(tmp_path, {"a.pdf": a_document(), "b.pdf": a_failure()})
        export_dataset(out)
        return out / "dataset"

    def validate(self, folder: Path) -> list[str]:
        frictionless = pytest.importorskip("frictionless")
        report = frictionless.validate(str(folder / "datapackage.json"))
        return [code for (code,) in report.flatten(["type"])]

    def test_passes(self, dataset: Path) -> None:
        assert self.validate(dataset) == []

    def test_a_broken_key_is_caught(self, dataset: Path) -> None:
        path = dataset / "indicators.csv"
        path.write_bytes(path.read_bytes().replace(b"a.pdf#p1t1,annual", b"a.pdf#p9t9,annual"))
        assert "foreign-key" in self.validate(dataset)

    def test_a_wrong_number_is_caught(self, dataset: Path) -> None:
        path = dataset / "budget.csv"
        path.write_bytes(path.read_bytes().replace(b",1234.50,", b",l234.50,"))
        assert "type-error" in self.validate(dataset)

    def test_a_doubled_row_is_caught(self, dataset: Path) -> None:
        path = dataset / "findings.csv"
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join([*lines, lines[-1]]))
        assert {"primary-key", "unique-error"} & set(self.validate(dataset))


def test_the_reference_is_up_to_date() -> None:
    """docs/dataset.md is written from the data file; `make docs` renews it."""
    page = Path(__file__).resolve().parents[2] / "docs" / "dataset.md"
    assert page.read_text(encoding="utf-8") == dataset_reference()


def test_descriptor_is_json(tmp_path: Path) -> None:
    export_dataset(put(tmp_path, {}))
    data = json.loads((tmp_path / "dataset" / "datapackage.json").read_text(encoding="utf-8"))
    assert [r["name"] for r in data["resources"]] == [t.name for t in dataset_tables()]
