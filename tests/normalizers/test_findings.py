from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

from goaltables.document import CellSource
from goaltables.normalizers.data import load_toml
from goaltables.normalizers.findings import (
    FindingKind,
    empty_indicator_finding,
    finding_kinds,
    findings_page,
    make_finding,
    state_finding,
)

ROOT = Path(__file__).resolve().parents[2]
KINDS = list(finding_kinds().values())


def test_the_page_is_made_from_the_registry() -> None:
    page = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    assert page == findings_page(), "run: python -m goaltables.normalizers.findings > docs/findings.md"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.code))
def test_every_code_is_well_formed(kind: FindingKind) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", kind.code)
    assert kind.zh
    assert kind.en
    assert kind.about.endswith(".")
    assert (kind.group == "check") == bool(kind.zh_text) == bool(kind.en_text)
    assert f"| `{kind.code}` | {kind.severity} |" in findings_page()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.zh_text], ids=lambda kind: str(kind.code))
def test_both_languages_say_the_same_values(kind: FindingKind) -> None:
    def names(template: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(template) if name}

    assert names(kind.zh_text) == names(kind.en_text)


def test_every_check_code_has_a_rule() -> None:
    assert {kind.code for kind in KINDS if kind.group == "check"} == set(load_toml("rules.toml")) - {"words"}


def _codes_made(path: Path) -> set[str]:
    """The codes that a module makes findings and page problems of, literal or as a constant of the module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    made = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            first = node.args[0]
            code = constants.get(first.id) if isinstance(first, ast.Name) else getattr(first, "value", None)
            if node.func.id in ("make_finding", "state_finding", "PageProblem") and isinstance(code, str):
                made.add(code)
    return made


def test_every_code_that_is_made_is_registered() -> None:
    made = {
        code: path.name
        for folder in ("extractors", "normalizers", "pipeline")
        for path in (ROOT / folder).rglob("*.py")
        for code in _codes_made(path)
    }
    assert made, "the search finds nothing: were the makers renamed?"
    assert {code: place for code, place in made.items() if code not in finding_kinds()} == {}


def test_messages_are_bilingual_and_carry_their_values() -> None:
    finding = state_finding("missing-total", column="其他资金")
    assert finding.message == "其他资金：合计未填 | 其他资金: the total is blank"
    assert finding.severity == "warning"


def test_long_texts_are_shortened_in_messages_only() -> None:
    message = state_finding("html-residue", where="目标", sample="甲" * 500).message
    assert len(message) < 200
    assert "…" in message


def test_a_title_with_details_and_a_place() -> None:
    place = CellSource(page=1, bbox=[0, 0, 1, 1], row=0, col=0)
    finding = make_finding("page-failed", "page 3: out of time", [place])
    assert finding.message == "页面处理失败 | A page could not be read: page 3: out of time"
    assert finding.source == [place]


def test_an_empty_label_is_named() -> None:
    finding = empty_indicator_finding("经济效益 指标")
    assert finding.code == "empty-indicator"
    assert "“经济效益指标”" in finding.message


@pytest.mark.parametrize("make", [make_finding, state_finding])
def test_unknown_codes_are_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(KeyError):
        make("no-such-code")


def test_braces_in_printed_texts_are_no_placeholders() -> None:
    assert "{x}" in state_finding("missing-total", column="{x}").message
