"""What a user can meet is documented: commands, options, codes; and no page leads nowhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from goaltables import errors
from goaltables.normalizers.findings import finding_kinds
from goaltables.pipeline.cli import BUG, COMMANDS, INTERRUPTED
from goaltables.pipeline.commands.reference import commands_page

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SIGTERM_CODE, FAIL_ON_MET = 143, 1
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(#[^)]*)?\)")


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def error_kinds(
    kind: type[errors.GoalTablesError] = errors.GoalTablesError,
) -> Iterator[type[errors.GoalTablesError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from error_kinds(below)


def test_the_reference_of_commands_is_current() -> None:
    assert page("commands.md") == commands_page(), "run: make docs"


def test_every_command_stands_in_both_readmes_and_the_reference() -> None:
    names = [module.__name__.rpartition(".")[2] for module in COMMANDS]
    for file in (ROOT / "README.md", ROOT / "README.zh-CN.md", DOCS / "commands.md"):
        text = file.read_text(encoding="utf-8")
        assert [name for name in names if not re.search(rf"\bgoaltables {name}\b", text)] == [], file.name


def test_every_option_has_a_meaning_in_both_languages() -> None:
    rows = re.findall(r"^\| `(.+?)` \| (.*) · (.*) \|$", page("commands.md"), re.MULTILINE)
    assert len(rows) > 50
    assert [written for written, english, chinese in rows if not english or not chinese] == []


def test_every_exit_code_is_documented() -> None:
    codes = {kind.exit_code for kind in error_kinds()} | {0, FAIL_ON_MET, BUG, INTERRUPTED, SIGTERM_CODE}
    documented = {
        int(code)
        for cell in re.findall(r"^\| ([\d, ]+) \|", page("exit-codes.md"), re.MULTILINE)
        for code in cell.split(",")
    }
    assert documented == codes


def test_every_class_of_failure_says_what_to_do() -> None:
    text = page("troubleshooting.md")
    classes = {kind.error_class for kind in error_kinds() if issubclass(kind, errors.DocumentError)}
    assert {name for name in classes if f"| `{name}` |" not in text} == set()


def test_every_finding_code_is_documented() -> None:
    text = page("findings.md")
    assert [code for code in finding_kinds() if f"| `{code}` |" not in text] == []


def commands() -> dict[str, set[str]]:
    """Each command's options, from the reference."""
    parts = re.split(r"^## ", commands_page(), flags=re.MULTILINE)[1:]
    return {part.split("\n", 1)[0]: set(re.findall(r"`(--[a-z0-9-]+)", part)) for part in parts}


def test_every_command_line_that_a_page_shows_can_be_given() -> None:
    known = {command: options for command, options in commands().items() if " " in command}
    line = re.compile(rf"({'|'.join(sorted(known, key=len, reverse=True))})\b((?:\\\n|[^`\n|])*)")
    files = [
        ROOT / "Containerfile",
        *ROOT.glob("*.md"),
        *DOCS.glob("*.md"),
        ROOT / "benchmarks" / "README.md",
    ]
    shown = [
        (file.name, command, written)
        for file in files
        for command, rest in line.findall(file.read_text(encoding="utf-8"))
        for written in re.findall(r"(?<!\S)--[a-z][a-z0-9-]*", rest)
    ]
    assert len(shown) > 40
    assert [each for each in shown if each[2] not in known[each[1]] | {"--help"}] == []


def test_the_airflow_example_is_python() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", page("nightly.md"), re.DOTALL)
    assert "BashOperator" in {
        node.func.id
        for node in ast.walk(ast.parse(example))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


@pytest.mark.parametrize(
    "file",
    [path for folder in (ROOT, DOCS, ROOT / "benchmarks", ROOT / "fixtures") for path in folder.glob("*.md")],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_no_link_leads_nowhere(file: Path) -> None:
    targets = [target for target, _ in LINK.findall(file.read_text(encoding="utf-8"))]
    local = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in local if not (file.parent / target).exists()] == []


def test_every_page_stands_in_the_index() -> None:
    linked = {target for target, _ in LINK.findall(page("README.md"))}
    assert {path.name for path in DOCS.glob("*.md")} - linked - {"README.md"} == set()


def test_every_benchmark_is_listed() -> None:
    listed = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    measures = [path.stem for path in (ROOT / "benchmarks").glob("*.py")]
    assert [
        name
        for name in measures
        if f"benchmarks/{name}.py" not in listed and f"benchmarks.{name}" not in listed
    ] == []
