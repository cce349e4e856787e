"""The dataset: rows from records, keys that join, ids that stay, a package that Frictionless believes."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import frictionless
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_records import a_document, a_failure, a_table, an_evaluation, put

from goaltables.errors import UsageError
from goaltables.pipeline.dataset.columns import TYPES, Column, Row, dataset_tables
from goaltables.pipeline.dataset.export import export_dataset
from goaltables.pipeline.dataset.frames import load_records
from goaltables.pipeline.dataset.ids import RowId, page_id, parse_id, row_id, table_id
from goaltables.pipeline.dataset.package import describe
from goaltables.pipeline.dataset.records import read_records
from goaltables.pipeline.dataset.reference import dataset_reference
from goaltables.pipeline.dataset.rows import dataset_rows, flatten

WHOLE = a_document(tables=[a_table(), an_evaluation()])


def test_rows_have_exactly_the_columns_of_the_data_file() -> None:
    rows = flatten(dataset_rows([("a.pdf", WHOLE), ("b.pdf", a_failure()), ("c.pdf", WHOLE)]))
    assert rows.pop("reviews") == []  # nobody decided anything
    for table in dataset_tables():
        if table.name == "reviews":
            continue
        names = {column.name for column in table.columns}
        assert rows[table.name], table.name
        for row in rows[table.name]:
            assert set(row) == names, table.name


def test_raw_and_normalised_stand_side_by_side() -> None:
    rows = flatten(dataset_rows([("a.pdf", a_document())]))
    (line,) = rows["budget"]
    assert (line["total_text"], line["total"]) == ("1,234.50", Decimal("1234.50"))
    assert (line["fiscal_text"], line["fiscal"]) == ("１２", Decimal(12))
    assert (line["other_text"], line["other"]) == ("-", None)
    (indicator,) = rows["indicators"]
    printed = (indicator["value_text"], indicator["operator"], indicator["value"])
    assert printed == ("=87人", "eq", Decimal(87))


def test_the_box_of_an_indicator_is_its_row_without_the_label_beside_many_rows() -> None:
    rows = flatten(dataset_rows([("a.pdf", a_document())]))
    assert (rows["indicators"][0]["page"], rows["indicators"][0]["bbox"]) == (2, "100 20 260 40")
    assert rows["tables"][0]["bbox"] == "10 10 300 80"


def test_what_only_a_self_evaluation_prints_is_in_the_dataset() -> None:
    rows = flatten(dataset_rows([("a.pdf", a_document(tables=[an_evaluation()]))]))
    (line,) = rows["execution"]
    assert (line["adjusted"], line["executed"], line["rate"]) == (Decimal("2.50"), None, Decimal("98.5"))
    assert (rows["tables"][0]["total_score"], rows["tables"][0]["completion"]) == (Decimal(98), "=87人")
    assert [row["outcome"] for row in rows["checks"]] == ["finding", "pass"]


def test_failed_inputs_have_a_row_too() -> None:
    rows = flatten(dataset_rows([("b.pdf", a_failure())]))
    assert [(row["status"], row["error_class"]) for row in rows["documents"]] == [("failed", "empty")]


@pytest.mark.parametrize("content", [b"{", b"{}", b"\xff"])
def test_a_file_that_is_no_record_is_named(tmp_path: Path, content: bytes) -> None:
    out = put(tmp_path, {"a.pdf": a_document()})
    (out / "documents" / "b.pdf.json").write_bytes(content)
    with pytest.raises(UsageError, match=r"b\.pdf\.json"):
        export_dataset(out)
    assert not (out / "dataset" / "documents.csv").exists(), "half a dataset would look like a whole one"


class TestIds:
    def test_keys_join_and_are_unique(self, tmp_path: Path) -> None:
        out = put(tmp_path, {"a.pdf": WHOLE, "sub/a.pdf": WHOLE, "b.pdf": a_failure()})
        frames = load_records(out)
        for table in dataset_tables():
            frame = frames[table.name]
            assert frame[table.key].is_unique, table.name
            for column in table.columns:
                if column.refers:
                    known = set(frames[column.refers].iloc[:, 0])
                    assert set(frame[column.name].dropna()) <= known

    def test_a_record_keeps_its_ids_when_others_come_and_go(self) -> None:
        documents = {"0.pdf": a_failure(), "a.pdf": WHOLE, "b.pdf": a_document(), "c.pdf": WHOLE}

        def own(names: list[str]) -> list[Row]:
            rows = flatten(dataset_rows((name, documents[name]) for name in names))
            return [row for t in dataset_tables() for row in rows[t.name] if str(row[t.key]).startswith("a.")]

        alone = [row for row in own(["a.pdf"]) if "series_id" not in row]
        among = [row for row in own(["0.pdf", "a.pdf", "b.pdf", "c.pdf"]) if "series_id" not in row]
        assert alone == among

    def test_a_series_keeps_its_id_when_others_come_and_go(self) -> None:
        def series(names: list[str]) -> set[object]:
            return {
                row["series_id"] for row in flatten(dataset_rows((name, WHOLE) for name in names))["panel"]
            }

        assert series(["a.pdf", "b.pdf"]) == series(["b.pdf", "c.pdf", "d.pdf"]) != set()

    @settings(derandomize=True, max_examples=100, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.text("ab#/p1-i", min_size=1, max_size=8),
                st.sampled_from([None, "p1-1", "p1-2"]),
                st.sampled_from("bef"),
                st.integers(1, 3),
            ),
            unique=True,
            min_size=2,
        )
    )
    def test_no_two_rows_of_odd_file_names_share_an_id(
        self, rows: list[tuple[str, str | None, str, int]]
    ) -> None:
        assert len({row_id(*row) for row in rows}) == len(rows)

    def test_ids_are_taken_apart_as_they_were_made(self) -> None:
        assert parse_id(row_id("甲#/a.pdf", "p1-2", "i", 3)) == RowId(
            "甲#/a.pdf", table="p1-2", kind="indicators", number=3
        )
        assert parse_id(row_id("a.pdf", None, "f", 1)) == RowId("a.pdf", kind="findings", number=1)
        assert parse_id(table_id("a.pdf", "p1-2")) == RowId("a.pdf", table="p1-2")
        assert parse_id(page_id("a.pdf", 2)) == RowId("a.pdf", page=2)
        assert parse_id("a.pdf") == RowId("a.pdf")
        assert parse_id("a#b.pdf") == RowId("a#b.pdf")


class TestFrames:
    def test_types(self, tmp_path: Path) -> None:
        frames = load_records(put(tmp_path, {"a.pdf": WHOLE, "b.pdf": a_failure()}))
        indicators = frames["indicators"]
        assert frames["tables"]["fiscal_year"].dtype == pd.Int64Dtype()
        assert indicators["needs_review"].dtype == pd.BooleanDtype()
        assert list(indicators["operator"].cat.categories) == ["eq", "ge", "le", "gt", "lt"]
        assert list(indicators["value"]) == [Decimal(87), Decimal("0.10")]
        assert indicators["period_end"][1] == pd.Timestamp("2022-12-31")
        assert pd.isna(indicators["period_end"][0])
        assert frames["tables"]["fields"][0] == {"部门（单位）名称": "=87人"}
        assert pd.isna(frames["documents"].set_index("document")["media_type"]["b.pdf"])

    def test_an_empty_output_has_the_same_columns_and_types(self, tmp_path: Path) -> None:
        empty = load_records(put(tmp_path / "1", {}))
        filled = load_records(put(tmp_path / "2", {"a.pdf": WHOLE, "b.pdf": WHOLE}))
        for name, frame in filled.items():
            assert list(empty[name].dtypes.items()) == list(frame.dtypes.items())


class TestFrictionless:
    """The package passes Frictionless, and Frictionless would say so if it did not."""

    @pytest.fixture
    def dataset(self, tmp_path: Path) -> Path:
        out = put(tmp_path, {"a.pdf": WHOLE, "b.pdf": a_failure(), "c.pdf": WHOLE})
        export_dataset(out)
        return out / "dataset"

    def validate(self, folder: Path) -> set[str]:
        report = frictionless.validate(str(folder / "datapackage.json"))
        return {code for (code,) in report.flatten(["type"])}

    def test_passes(self, dataset: Path) -> None:
        assert self.validate(dataset) == set()

    @pytest.mark.parametrize(
        ("file", "before", "after", "error"),
        [
            ("budget.csv", b",1234.50,", b",l234.50,", "type-error"),
            ("budget.csv", b"a.pdf#p2-1/b1,a.pdf#p2-1", b"a.pdf#p2-1/b1,a.pdf#p9-1", "foreign-key"),
            ("panel.csv", b"a.pdf#p2-1/i1", b"a.pdf#p9-1/i1", "foreign-key"),
            ("pages.csv", b"c.pdf#page2", b"a.pdf#page2", "primary-key"),
            ("indicators.csv", b",0.25,", b",1.25,", "constraint-error"),
            ("findings.csv", b",error,", b",terror,", "constraint-error"),
            ("documents.csv", b"a" * 64, b"a" * 63, "constraint-error"),
            ("tables.csv", b"10 10 300 80", b"10 10 300", "constraint-error"),
        ],
    )
    def test_what_is_wrong_is_caught(
        self, dataset: Path, file: str, before: bytes, after: bytes, error: str
    ) -> None:
        path = dataset / file
        content = path.read_bytes()
        assert before in content
        path.write_bytes(content.replace(before, after, 1))
        assert error in self.validate(dataset)

    def test_a_doubled_row_is_caught(self, dataset: Path) -> None:
        path = dataset / "findings.csv"
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join([*lines, lines[-1]]))
        assert {"primary-key", "unique-error"} & self.validate(dataset)


class TestDescription:
    def test_names_every_column_in_both_languages(self) -> None:
        for resource in describe()["resources"]:
            for field in resource["schema"]["fields"]:
                assert any("\u4e00" <= c <= "\u9fff" for c in field["title"]), field["name"]
                assert field["description"].isascii() or "：" not in field["description"]

    def test_names_licences_and_sources(self) -> None:
        package = describe()
        assert all(licence["title"] for licence in package["licenses"])
        assert package["sources"][0]["path"] == "documents.csv"

    def test_is_json(self, tmp_path: Path) -> None:
        export_dataset(put(tmp_path, {}))
        data = json.loads((tmp_path / "dataset" / "datapackage.json").read_text(encoding="utf-8"))
        assert [r["name"] for r in data["resources"]] == [t.name for t in dataset_tables()]

    def test_the_reference_is_up_to_date(self) -> None:
        """docs/dataset.md is written from the data file; `make docs` renews it."""
        page = Path(__file__).resolve().parents[2] / "docs" / "dataset.md"
        assert page.read_text(encoding="utf-8") == dataset_reference()

    def test_a_type_that_does_not_exist_is_refused(self) -> None:
        assert "decimal" not in TYPES
        with pytest.raises(ValueError, match="decimal"):
            Column("amount", "decimal", "", "")


def test_records_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    out = put(tmp_path, {"b.pdf": a_failure(), "a/z.pdf": a_document(), "a.pdf": a_document()})
    assert [name for name, _ in read_records(out)] == ["a.pdf", "a/z.pdf", "b.pdf"]
