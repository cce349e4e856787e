"""The command line from outside: exit codes, languages, and nothing on stdout that was not asked for."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from goaltables.errors import OutputError
from goaltables.pipeline.batch import runner
from goaltables.pipeline.batch.summary import RunSummary
from goaltables.pipeline.batch.write import hold
from goaltables.pipeline.cli import COMMANDS, run_command
from goaltables.pipeline.commands import doctor
from goaltables.pipeline.commands.run_summary import summary_lines
from goaltables.pipeline.messages import use_language

CONTRACT_OPTIONS = (
    "--out",
    "--workers",
    "--executor",
    "--ocr",
    "--password-file",
    "--timeout",
    "--max-pages",
    "--max-megapixels",
    "--retry-failed",
    "--fail-on",
    "--log-format",
    "--ledger",
    "--share",
    "--summary",
    "--config",
    "--lang",
)
DOCS = Path(__file__).resolve().parents[2] / "docs"
OPTION = re.compile("--[a-z-]+")
CHINESE = re.compile("[\u4e00-\u9fff]")
ENGLISH_HEADINGS = ("Usage", "Options", "Arguments", "Commands", "required", "Show this")


def goaltables(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("LANG", "LC_ALL", "LC_MESSAGES")}
    return subprocess.run(
        [sys.executable, "-m", "goaltables", *arguments],
        capture_output=True,
        text=True,
        env=clean | {"PYTHONUTF8": "1", "COLUMNS": "80"} | environment,
        timeout=60,
        check=False,
    )


@pytest.fixture(autouse=True)
def english() -> None:
    use_language("en")


@pytest.fixture
def failing(tmp_path: Path) -> Path:
    """A folder with an empty file and one that is no document."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "page.pdf").write_bytes(b"<html><body>blocked</body></html>")
    (folder / "README.md").write_text("read me")
    return folder


def summary(**changes: object) -> RunSummary:
    content: dict[str, object] = {
        "inputs": 3,
        "read": 2,
        "copied": 0,
        "new": 1,
        "unchanged": 1,
        "ok": 2,
        "partial": 1,
        "failed": {},
        "waiting": (),
        "gone": 0,
        "left_out": {},
        "tables": 4,
        "indicators": 50,
        "needs_review": 6,
        "pages_lost": 0,
        "findings": {"error": 0, "warning": 2, "info": 1},
        "pages": 7,
        "seconds": 1.5,
        "signum": None,
    }
    return RunSummary(**(content | changes))  # type: ignore[arg-type]


def test_failed_documents_are_told_recorded_and_exit_with_4(failing: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = goaltables("digitize", str(failing), "--out", str(out), "--workers", "1")
    assert (first.returncode, first.stdout) == (4, "")
    assert "failed: empty.pdf: empty" in first.stderr
    assert "failed: page.pdf: not a kind of document" in first.stderr
    assert "documents: 2 (0 ok, 0 partial, 2 failed)" in first.stderr
    assert "left out:  1 files of kinds that are not read (1 .md)" in first.stderr
    record = json.loads((out / "documents" / "page.pdf.json").read_bytes())
    assert (record["status"], record["error"]["class"]) == ("failed", "unsupported")
    assert (out / "dataset" / "documents.csv").is_file()

    again = goaltables("digitize", str(failing), "--out", str(out), "--log-format", "json")
    assert again.returncode == 4
    lines = [json.loads(line) for line in again.stderr.splitlines()]
    assert lines[0].items() >= {"event": "begin", "to_do": 0, "unchanged": 2}.items()
    assert all(datetime.fromisoformat(line["time"]).tzinfo is not None for line in lines)
    assert lines[-1]["event"] == "end"
    assert (lines[-1]["read"], lines[-1]["failed"]) == (0, {"empty": 1, "unsupported": 1})
    assert lines[-1]["waiting"] == ["empty.pdf", "page.pdf"]

    listed = goaltables("export", str(out))
    assert listed.returncode == 0
    assert str(out / "dataset" / "documents.csv") in listed.stdout.splitlines()


def test_an_empty_folder_is_done_at_once_and_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    done = goaltables("digitize", str(tmp_path / "in"), "--out", str(tmp_path / "out"))
    assert (done.returncode, done.stdout) == (0, "")
    assert "no document was found" in done.stderr


def test_the_end_of_a_run_says_where_to_look_next() -> None:
    assert "goaltables report 'my out' " in summary_lines(summary(), "my out")[-1]
    for told in (summary_lines(summary(tables=0), "out"), summary_lines(summary(), "s3://archive/out")):
        assert not any("goaltables report" in line for line in told)


def test_a_failed_document_is_told_in_the_language_of_the_run(failing: Path, tmp_path: Path) -> None:
    done = goaltables("digitize", str(failing), "--out", str(tmp_path / "o"), "--lang", "zh")
    assert "失败：empty.pdf：空文件：文件没有内容；请重新获取" in done.stderr.splitlines()
    record = json.loads((tmp_path / "o" / "documents" / "empty.pdf.json").read_bytes())
    assert record["error"]["message"] == "the file has no bytes; fetch it again from its source"
    drawn = goaltables(
        "inspect", str(failing / "empty.pdf"), "--out", str(tmp_path / "i"), LANG="zh_CN.UTF-8"
    )
    assert (drawn.returncode, drawn.stderr) == (4, "错误：文件没有内容；请重新获取\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["digitize"], "PATH is missing"),
        (["digitize", "."], "--out is missing"),
        (["digitize", "nowhere", "--out", "o"], "cannot read .*nowhere"),
        (["digitise"], "did you mean digitize"),
        (["digitize", ".", "--outt", "o"], "did you mean --out"),
        (["digitize", ".", "--out", "o", "--workers", "many"], "--workers takes a whole number"),
        (["digitize", ".", "--out", "o", "--timeout", "soon"], "--timeout takes a number"),
        (["digitize", ".", "--out", "o", "--workers", "0"], "workers must be greater than 0"),
        (["digitize", ".", "--out", "o", "--executor", "spark://host:1"], "--executor spark"),
        (["digitize", ".", "--out", "o", "--ledger", "mysql://host/x"], "--ledger mysql"),
        (["digitize", ".", "--out", "o", "--share"], "--ledger postgresql"),
        (["digitize", "nostore://a/b", "--out", "o"], "no store nostore://"),
        (["digitize", "zip://a::s3://b", "--out", "o"], "chain"),
        (["digitize", ".", "--out", "o", "--ocr", "magic"], "rapidocr, tesseract"),
        (["digitize", ".", "--out", "o", "--fail-on", "info"], "fail_on"),
        (["digitize", ".", "--out", "o", "--config", "none.toml"], "none.toml"),
        (["digitize", ".", "--out", "o", "--lang", "fr"], "zh, en"),
        (["export", "nowhere"], "no records"),
        (["inspect", "nowhere.pdf", "--out", "o"], "cannot read nowhere.pdf: it does not exist"),
        (["inspect", ".", "--out", "o"], "it is a folder"),
        ([], "Usage"),
    ],
)
def test_usage_errors_exit_with_2(
    arguments: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert run_command(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert re.search(said, printed.err)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_program_exits_with_3_before_anything_is_written(failing: Path, tmp_path: Path) -> None:
    done = goaltables(
        "digitize", str(failing), "--out", str(tmp_path / "o"), "--ocr", "tesseract", PATH="/none"
    )
    assert done.returncode == 3
    assert "tesseract" in done.stderr
    assert "run: " in done.stderr
    assert not (tmp_path / "o").exists()


def test_an_output_that_cannot_be_written_exits_with_74(failing: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    done = goaltables("digitize", str(failing), "--out", str(tmp_path / "file" / "out"))
    assert done.returncode == 74
    assert "cannot write" in done.stderr


def test_an_output_that_is_held_exits_with_75(failing: Path, tmp_path: Path) -> None:
    with hold(tmp_path / "out"):
        done = goaltables("digitize", str(failing), "--out", str(tmp_path / "out"))
    assert done.returncode == 75
    assert f"process {os.getpid()}" in done.stderr


def test_a_bug_exits_with_70(
    failing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> RunSummary:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr(runner, "run", broken)
    assert run_command(["digitize", str(failing), "--out", str(tmp_path / "out")]) == 70
    assert "ZeroDivisionError: on purpose" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "fail_on", "code"),
    [
        ({}, "never", 0),
        ({}, "error", 0),
        ({}, "warning", 1),
        ({"findings": {"error": 1, "warning": 0, "info": 0}}, "error", 1),
        ({"findings": {"error": 1, "warning": 0, "info": 0}}, "warning", 1),
        ({"failed": {"crash": 1}}, "warning", 4),
        ({"failed": {"crash": 1}, "signum": 2}, "never", 130),
        ({"signum": 15}, "never", 143),
    ],
)
def test_exit_codes_of_a_run(
    changes: dict[str, object], fail_on: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "run", lambda *_: summary(**changes))
    assert run_command(["digitize", ".", "--out", str(tmp_path), "--fail-on", fail_on]) == code


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("command", [*(c.__name__.rpartition(".")[2] for c in COMMANDS), "vocabulary find"])
def test_help_is_for_people_who_do_not_program(
    command: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command([*command.split(), "--help", "--lang", language]) == 0
    assert re.findall(r"<\S+>|\{|\[\[", capsys.readouterr().out) == []


def test_options_win_over_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    def note(_paths: object, _out: object, read: object, how: object, _progress: object) -> RunSummary:
        seen.extend((read, how))
        return summary()

    monkeypatch.setattr(runner, "run", note)
    config = tmp_path / "c.toml"
    config.write_text('max_pages = 7\nworkers = 3\npassword_file = "p"\n')
    (tmp_path / "p").write_text("secret\n")
    assert run_command(["digitize", ".", "--out", "o", "--config", str(config), "--workers", "2"]) == 0
    read, how = seen
    assert (getattr(read, "max_pages", 0), getattr(read, "passwords", ())) == (7, ("secret",))
    assert getattr(how, "workers", 0) == 2


def test_help_lists_every_option_of_the_contract_in_both_languages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for lang in ("en", "zh"):
        assert run_command(["digitize", "--help", "--lang", lang]) == 0
        printed = capsys.readouterr().out
        assert [option for option in CONTRACT_OPTIONS if f"{option} " not in printed] == []
        assert bool(CHINESE.search(printed)) == (lang == "zh")
        if lang == "zh":
            assert [heading for heading in ENGLISH_HEADINGS if heading in printed] == []


@pytest.mark.parametrize("page", ["nightly.md", "cluster.md"])
def test_what_the_guides_show_can_be_run(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = (DOCS / page).read_text(encoding="utf-8").replace("\\\n", " ").replace('"\n        "', " ")
    shown = {option for line in re.findall("goaltables digitize .*", text) for option in OPTION.findall(line)}
    assert run_command(["digitize", "--help", "--lang", "en"]) == 0
    assert shown - set(OPTION.findall(capsys.readouterr().out)) == set()
    assert len(shown) > 1


def test_the_help_lists_the_commands_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["--help", "--lang", "en"]) == 0
    commands = re.findall(r"^  (\S+)  ", capsys.readouterr().out.partition("Commands:")[2], re.MULTILINE)
    assert commands == [module.__name__.rpartition(".")[2] for module in COMMANDS]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_completion(shell: str) -> None:
    printed = goaltables(_GOALTABLES_COMPLETE=f"source_{shell}").stdout
    assert f"_GOALTABLES_COMPLETE=complete_{shell}" in printed


def test_options_are_completed() -> None:
    asked = {"COMP_WORDS": "goaltables digitize --max-p", "COMP_CWORD": "2"}
    assert goaltables(_GOALTABLES_COMPLETE="complete_bash", **asked).stdout.split() == ["--max-pages"]


def test_help_is_there_at_once() -> None:
    assert min(_cpu_seconds_of("--help") for _ in range(3)) < 0.3


def _cpu_seconds_of(*arguments: str) -> float:
    """CPU seconds, not the wall clock's: a busy machine must not make the test fail."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert goaltables(*arguments).returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_the_language_follows_the_locale_and_the_option() -> None:
    assert CHINESE.search(goaltables("digitize", LANG="zh_CN.UTF-8").stderr)
    assert not CHINESE.search(goaltables("digitize", LANG="de_DE.UTF-8").stderr)
    assert not CHINESE.search(goaltables("digitize", "--lang", "en", LANG="zh_CN.UTF-8").stderr)


def test_a_terminal_without_chinese_gets_escapes(tmp_path: Path) -> None:
    (tmp_path / "结果" / "documents").mkdir(parents=True)
    done = goaltables("export", str(tmp_path / "结果"), PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "\\u7ed3\\u679c/dataset/documents.csv" in done.stdout


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_summary_is_for_people(lang: str) -> None:
    use_language(lang)
    told = summary(
        failed={"crash": 12},
        waiting=tuple("abcdefghijkl"),
        gone=1,
        left_out={".md": 2, "hidden": 1},
        signum=2,
    )
    text = "\n".join(summary_lines(told, "OUT"))
    assert all(str(number) in text for number in (3, 12, 4, 50, 6, 7))
    assert "k, l" not in text
    assert bool(CHINESE.search(text)) == (lang == "zh")


def test_the_schema_is_json_with_the_published_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert {"schema_version", "status", "error", "source", "tables"} <= set(schema["properties"])
    assert "class" in schema["$defs"]["DocumentFailure"]["properties"]


def test_output_that_nobody_reads_is_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "goaltables", "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["--version"]) == 0
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*\n", capsys.readouterr().out)


def test_every_error_of_the_product_has_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_ocr: str) -> int:
        raise OutputError("cannot write there")

    monkeypatch.setattr(doctor, "show_examination", full)
    assert run_command(["doctor"]) == 74
    assert "cannot write there" in capsys.readouterr().err
