"""``goaltables vocabulary`` and ``digitize --vocabulary``: files that people and the review desk write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.errors import UsageError
from goaltables.normalizers.names.learnt_terms import LearntTerm
from goaltables.pipeline.cli import run_command
from goaltables.pipeline.commands.digitize import settings_of
from goaltables.pipeline.learnt_file import read_terms, write_terms
from goaltables.pipeline.messages import use_language
from goaltables.pipeline.settings import ReadSettings

LINE = {
    "term": "补助发放准",
    "level2": "质量指标",
    "full_name": "补助发放准确率",
    "documents": ["a"],
    "approved": False,
}


@pytest.fixture(autouse=True)
def english() -> None:
    use_language("en")


def _written(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return path


def test_proposals_wait_until_a_second_document_brings_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "learnt.jsonl"
    first = _written(tmp_path / "first.jsonl", LINE)
    second = _written(tmp_path / "second.jsonl", LINE | {"documents": ["b"]})
    assert run_command(["vocabulary", "add", str(own), "--from", str(first)]) == 0
    assert run_command(["vocabulary", "proposals", str(own)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "waiting\t1\tquality\t补助发放准\t补助发放准确率"
    assert run_command(["vocabulary", "add", str(own), "--from", str(second)]) == 0
    assert run_command(["vocabulary", "proposals", str(own)]) == 0
    assert capsys.readouterr().out.splitlines() == [f"{own}: 1 terms, 1 of them taken"]
    assert run_command(["vocabulary", "proposals", str(own), "--all"]) == 0
    assert capsys.readouterr().out == "taken\t2\tquality\t补助发放准\t补助发放准确率\n"


def test_a_name_that_a_person_adds_is_approved_and_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "learnt.jsonl"
    assert (
        run_command(["vocabulary", "add", str(own), "--name", "护边员执勤天数", "--level2", "数量指标"]) == 0
    )
    assert [(term.full_name, term.level2, term.approved) for term in read_terms(own)] == [
        ("护边员执勤天数", "quantity", True)
    ]
    capsys.readouterr()
    assert run_command(["vocabulary", "find", "护边员执勤天数", "--learnt", str(own)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["vocabulary_id"].startswith("L:")
    assert (found["head"], found["units"][0]) == ("天数", "天")


def test_the_package_s_entries_are_listed_and_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["vocabulary", "list", "--kind", "head", "--level2", "满意度指标"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert {row[1] for row in rows} == {"head"}
    assert "满意度" in {row[2] for row in rows}
    assert all("served_satisfaction" in row[4].split("|") for row in rows)
    assert run_command(["vocabulary", "find", "干部职工满意度"]) == 0
    assert json.loads(capsys.readouterr().out)["entry"]["name"] == "干部职工满意度"


@pytest.mark.parametrize(
    "arguments",
    [
        ["vocabulary"],
        ["vocabulary", "add", "FILE"],
        ["vocabulary", "list", "--kind", "verb"],
        ["vocabulary", "list", "--level2", "不是指标"],
        ["vocabulary", "find", "人数", "--learnt", "no-such-file.jsonl"],
        ["vocabulary", "forget"],
    ],
)
def test_what_cannot_be_done_is_a_usage_error(arguments: list[str]) -> None:
    assert run_command(arguments) == UsageError.exit_code


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("{", "JSON"),
        ("[]", "JSON"),
        (json.dumps(LINE | {"documents": "a"}), "documents"),
        (json.dumps(LINE | {"approved": "yes"}), "approved"),
        (json.dumps({"term": "a"}), "full_name"),
        (json.dumps(LINE | {"more": 1}), "more"),
    ],
)
def test_a_line_that_is_no_proposal_is_refused_by_its_number(tmp_path: Path, line: str, named: str) -> None:
    path = tmp_path / "learnt.jsonl"
    path.write_text(json.dumps(LINE) + "\n\n" + line, encoding="utf-8")
    with pytest.raises(UsageError, match=f"line 3: {named}"):
        read_terms(path)


@pytest.mark.parametrize(
    "change",
    [{"term": ""}, {"full_name": "长" * 201}, {"level2": "不是指标"}],
    ids=["empty", "long", "label"],
)
def test_a_proposal_that_cannot_be_a_term_is_refused(tmp_path: Path, change: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        read_terms(_written(tmp_path / "learnt.jsonl", LINE | change))


@settings(derandomize=True, max_examples=50, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=20), st.booleans())
def test_terms_that_are_written_read_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, approved: bool
) -> None:
    path = tmp_path_factory.mktemp("vocabulary") / "learnt.jsonl"
    write_terms(path, [LearntTerm(name, name, "quality", ("b", "a"), approved)])
    (read,) = read_terms(path)
    assert (read.documents, read.approved) == (("a", "b"), approved)
    write_terms(path, [read])
    assert read_terms(path) == (read,)


def test_digitize_uses_the_taken_terms_and_they_count_for_the_hash(tmp_path: Path) -> None:
    path = _written(tmp_path / "learnt.jsonl", LINE, LINE | {"full_name": "补助发放率", "approved": True})
    read, _ = settings_of({"vocabulary_file": str(path)})
    assert [term.full_name for term in read.vocabulary] == ["补助发放率"]
    assert read.config_sha256() != ReadSettings().config_sha256()
