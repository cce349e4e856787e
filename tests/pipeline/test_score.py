"""The measure: what is lost, too much or wrong costs exactly what docs/accuracy.md says, and nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.errors import UsageError
from goaltables.pipeline.cli import run_command
from goaltables.pipeline.messages import use_language
from goaltables.pipeline.score.cell_grid import adjacency, grits
from goaltables.pipeline.score.comparable import comparable, is_same_amount
from goaltables.pipeline.score.figures import Figures, all_figures, scored
from goaltables.pipeline.score.measures import STRICTNESS
from goaltables.pipeline.score.tables import ScoredCell
from goaltables.pipeline.score.tally import Tally
from goaltables.pipeline.score.truth import read_truth

EXPECTED = Path(__file__).resolve().parents[2] / "fixtures" / "expected"
NAME = "seed_digital.pdf"
SCANNED = "seed_scan.pdf"

# What a record may hold, to be put where it does not belong.
KEYS = (
    *("tables", "indicators", "budget", "fields", "findings", "pages", "cells", "errors", "status"),
    *("page", "row", "col", "rowspan", "colspan", "text", "name", "code"),
)

Record = dict[str, Any]
Change = Callable[[Record], None]


@pytest.fixture(autouse=True)
def english() -> None:
    use_language("en")


def truth_of(name: str) -> Record:
    truth: Record = json.loads((EXPECTED / f"{name}.json").read_text(encoding="utf-8"))
    return truth


def record_of(truth: Record) -> Record:
    """The record that says exactly what the truth says."""
    record = copy.deepcopy(truth)
    for table in record["tables"]:
        table["findings"] = [{"code": code, "message": ""} for code in table.pop("errors")]
    return record


def folders(tmp_path: Path, records: dict[str, object], truths: Sequence[str] = (NAME,)) -> tuple[Path, Path]:
    truth, out = tmp_path / "truth", tmp_path / "out"
    truth.mkdir(parents=True)
    (out / "documents").mkdir(parents=True)
    for name in truths:
        (truth / f"{name}.truth.json").write_bytes((EXPECTED / f"{name}.json").read_bytes())
    for name, record in records.items():
        (out / "documents" / f"{name}.json").write_text(json.dumps(record), encoding="utf-8")
    return truth, out


def figures_of(tmp_path: Path, records: dict[str, object], truths: Sequence[str] = (NAME,)) -> Figures:
    truth, out = folders(tmp_path, records, truths)
    return all_figures([scored(document) for document in read_truth(truth, out)])


def changed(tmp_path: Path, change: Change) -> Figures:
    record = record_of(truth_of(NAME))
    change(record["tables"][0])
    overall: Figures = figures_of(tmp_path, {NAME: record})["overall"]
    return overall


def test_the_truth_itself_is_right_in_everything(tmp_path: Path) -> None:
    names = sorted(path.name.removesuffix(".json") for path in EXPECTED.iterdir())
    records: dict[str, object] = {name: record_of(truth_of(name)) for name in names}
    overall = figures_of(tmp_path, records, names)["overall"]
    whole = {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert overall["documents"] == len(names)
    assert overall["missing_predictions"] == 0
    assert overall["failed_predictions"] == 4  # broken, empty, encrypted, no PDF: as they must
    assert overall["detection"] == whole
    assert {overall["indicators"][strictness]["f1"] for strictness in STRICTNESS} == {1.0}
    assert overall["metadata"]["all"] == overall["fields"] == 1.0
    assert set(overall["budget"].values()) == {1.0}
    assert overall["cer"]["annual_goal"] == 0
    assert overall["findings"]["recall"] == 1.0
    assert overall["findings"]["false_alarm_rate"] == 0
    assert overall["completion"] == {
        "truncated": overall["completion"]["truncated"],
        "full_exact": 1.0,
        "tail_right": 1.0,
        "false_completion": 0,
    }
    assert overall["completion"]["truncated"] > 0
    assert overall["cells"]["adjacency"] == whole
    assert overall["cells"]["grits_con"] == overall["cells"]["grits_top"] == 1.0


def test_a_document_without_a_record_is_wholly_missing(tmp_path: Path) -> None:
    overall = figures_of(tmp_path, {})["overall"]
    assert overall["missing_predictions"] == 1
    assert overall["detection"]["recall"] == 0
    assert overall["indicators"]["strict1"] == {"precision": None, "recall": 0, "f1": 0}
    assert overall["cer"]["annual_goal"] == 1
    assert overall["cells"]["adjacency"]["f1"] == 0
    assert overall["metadata"]["project"] == 0  # null in the truth: no record is not a right null


def test_a_lost_indicator_costs_itself_and_no_other(tmp_path: Path) -> None:
    figures = changed(tmp_path, lambda table: table["indicators"].pop(3))
    assert figures["indicators"]["strict3"] == {
        "precision": 1.0,
        "recall": round(34 / 35, 5),
        "f1": round(68 / 69, 5),
    }
    assert figures["accuracy_aligned"]["name"] == 1.0


def test_an_indicator_too_many_costs_precision(tmp_path: Path) -> None:
    extra = {"level1": "产出指标", "level2": "数量指标", "name": "合计", "value_text": ""}
    figures = changed(tmp_path, lambda table: table["indicators"].append(extra))
    assert figures["indicators"]["strict1"]["precision"] == round(35 / 36, 5)
    assert figures["indicators"]["strict1"]["recall"] == 1.0


@pytest.mark.parametrize(
    ("key", "value", "right"),
    [
        ("value_text", "=86人", (34, 34, 34)),
        ("name", "保障工资福利发放数", (34, 34, 34)),
        ("level1", "效益指标", (35, 34, 34)),
        ("level2", "", (35, 34, 34)),
        ("operator", ">=", (35, 35, 34)),
        ("unit", None, (35, 35, 34)),
    ],
)
def test_each_strictness_asks_for_more(
    tmp_path: Path, key: str, value: object, right: tuple[int, int, int]
) -> None:
    figures = changed(tmp_path, lambda table: table["indicators"][0].update({key: value}))
    measured = tuple(figures["indicators"][strictness]["recall"] for strictness in STRICTNESS)
    assert measured == tuple(round(count / 35, 5) for count in right)


def test_what_is_folded_before_comparing_is_no_error(tmp_path: Path) -> None:
    def rewritten(table: Record) -> None:
        table["indicators"][0]["value_text"] = "＝ 87 人"

    assert changed(tmp_path, rewritten)["indicators"]["strict1"]["f1"] == 1.0
    assert comparable("≧ 3\u3000㎡\u200b") == "≥3m2"
    assert comparable(None) == comparable("") == ""


def test_money_is_compared_as_printed_and_as_numbers(tmp_path: Path) -> None:
    total = truth_of(NAME)["tables"][0]["budget"][0]["total"]
    figures = changed(tmp_path, lambda table: table["budget"][0].update(total=f"{total}0"))
    rows = len(truth_of(NAME)["tables"][0]["budget"])
    assert figures["budget"]["exact"] == round((3 * rows - 1) / (3 * rows), 5)
    assert figures["budget"]["value"] == 1.0
    assert is_same_amount("1,234.50", "1234.5")
    assert is_same_amount("(3.2)", "-3.20")
    assert not is_same_amount("", "0")
    assert not is_same_amount("1.2", "12")


def test_a_money_row_too_many_is_wrong_in_every_amount(tmp_path: Path) -> None:
    surplus = {"name": "无此任务", "total": "9.99", "fiscal": "9.99", "other": "9.99"}
    rows = len(truth_of(NAME)["tables"][0]["budget"])
    figures = changed(tmp_path, lambda table: table["budget"].append(surplus))
    assert figures["budget"]["exact"] == round(rows / (rows + 1), 5)


def test_findings_missed_and_false_are_counted_apart(tmp_path: Path) -> None:
    def swap(table: Record) -> None:
        table["findings"][0]["code"] = "negative-amount"
        table["findings"].append({"code": "of-our-own"})  # no truth can list it: not counted

    findings = changed(tmp_path, swap)["findings"]
    assert findings["recall"] == round(5 / 6, 5)
    assert findings["predicted"] == 6
    assert findings["false_alarm_rate"] == round(1 / 6, 5)
    assert findings["by_code"]["negative-amount"] == {"truth": 0, "predicted": 1, "hit": 0}


def test_cut_names_completed_wrongly_and_whole_ones_lengthened(tmp_path: Path) -> None:
    rows = truth_of(NAME)["tables"][0]["indicators"]
    cut = next(k for k, row in enumerate(rows) if row["full_name"] != row["name"])
    whole = next(k for k, row in enumerate(rows) if row["full_name"] == row["name"])

    def change(table: Record) -> None:
        table["indicators"][cut]["full_name"] = table["indicators"][cut]["name"]
        table["indicators"][whole]["full_name"] += "率"

    figures = changed(tmp_path, change)["completion"]
    assert figures["full_exact"] == figures["tail_right"] == round(4 / 5, 5)
    assert figures["false_completion"] == round(1 / 30, 5)


def test_needs_review_is_measured_against_what_is_wrong(tmp_path: Path) -> None:
    def change(table: Record) -> None:
        for row in table["indicators"][:2]:
            row["value_text"] = "?"
        table["indicators"][0]["needs_review"] = table["indicators"][5]["needs_review"] = True

    assert changed(tmp_path, change)["review"] == {"asked": round(2 / 35, 5), "wrong_asked": 0.5}


def cells(*rows: str) -> list[ScoredCell]:
    """A grid drawn as texts: one character a cell, "." an empty one; a repeated letter beside spans."""
    found: dict[tuple[int, str], list[int]] = {}
    for r, line in enumerate(rows):
        for c, text in enumerate(line):
            found.setdefault((r, text if text != "." else f".{c}"), []).append(c)
    return [
        ScoredCell(r, columns[0], 1, len(columns), text if text[0] != "." else "")
        for (r, text), columns in found.items()
    ]


def test_adjacency_passes_over_blanks_and_counts_each_pair_once() -> None:
    # a|b, a|c below; the blank between c and d changes nothing; the merged a stands over both columns once.
    assert adjacency(cells("ab", "c."), cells("ab", "c.")) == Tally(2, 2, 2)
    assert adjacency(cells("a.b"), cells("ab")) == Tally(1, 1, 1)
    assert adjacency(cells("aa", "bc"), cells("aa", "bc")) == Tally(3, 3, 3)
    assert adjacency(cells("ab"), cells("ba")) == Tally(0, 1, 1)
    assert adjacency(cells("ab"), []) == Tally(0, 1, 0)


def test_grits_of_small_grids_by_hand() -> None:
    square = cells("ab", "cd")
    content, topology = grits(square, square)
    assert content.f1 == topology.f1 == 1.0
    # One row lost: 2 places in common of 4 and 2.
    content, topology = grits(square, cells("ab"))
    assert (content.f1, topology.f1) == (round(4 / 6, 5), round(4 / 6, 5))
    # A merged cell against two: content of one place is right; spans overlap by a half twice.
    content, topology = grits(cells("aa"), cells("ab"))
    assert content.f1 == 0.5
    assert topology.f1 == 0.5
    assert grits(square, [])[0] == Tally(0, 4, 0)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(
    record=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(KEYS),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_no_record_breaks_the_measure(record: object, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What has not the shape of a record is missing, whatever else it is."""
    figures = figures_of(tmp_path_factory.mktemp("score"), {NAME: record})["overall"]
    assert figures["indicators"]["strict1"]["recall"] == 0
    assert figures["indicators"]["truth"] == 35


def test_groups_come_from_the_truth_and_add_up(tmp_path: Path) -> None:
    figures = figures_of(tmp_path, {NAME: record_of(truth_of(NAME))}, (NAME, SCANNED))
    assert set(figures["groups"]) == {"kind=digital", "kind=scan"}
    assert figures["groups"]["kind=digital"]["indicators"]["strict1"]["f1"] == 1.0
    assert figures["overall"]["indicators"]["strict1"]["recall"] == 0.5
    assert figures["overall"]["macro_indicator_f1"] == 0.5
    assert set(figures["documents"]) == {NAME, SCANNED}


def test_the_command_prints_a_table_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth, out = folders(tmp_path, {NAME: record_of(truth_of(NAME))})
    assert run_command(["score", str(truth), str(out)]) == 0
    heading, overall, *groups = capsys.readouterr().out.splitlines()
    assert heading.split()[0] == "group"
    assert overall.split()[:3] == ["all", "1", "1.000"]
    assert len(groups) == 1
    assert run_command(["score", str(truth), str(out), "--documents", "--lang", "zh"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "组别",
        "总体",
        "kind=digital",
        NAME,
    ]
    assert run_command(["score", str(truth), str(out / "documents"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["overall"]["indicators"]["strict3"]["f1"] == 1.0


@pytest.mark.parametrize("broken", ["[]", "{", '{"file": "a.pdf"}', '{"tables": []}'])
def test_truth_that_is_none_is_refused(tmp_path: Path, broken: str) -> None:
    truth, out = folders(tmp_path, {})
    (truth / "b.pdf.truth.json").write_text(broken, encoding="utf-8")
    with pytest.raises(UsageError, match=r"b\.pdf\.truth\.json"):
        list(read_truth(truth, out))


def test_folders_that_are_none_are_refused(tmp_path: Path) -> None:
    truth, out = folders(tmp_path, {})
    for wrong in ((tmp_path / "no", out), (out, out), (truth, tmp_path / "no")):
        with pytest.raises(UsageError):
            list(read_truth(*wrong))
