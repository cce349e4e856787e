"""The guide for adding a form is true: its file is the one that is shipped, its page reads as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from printed_page import read_one, rows_of

from goaltables.document import GoalTable
from goaltables.normalizers.data import load_toml, toml_names
from goaltables.normalizers.understanding import forms, printed_forms

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "adding-a-form.md").read_text(encoding="utf-8")
SHIPPED = "forms/transfer_self_evaluation.toml"
UNASSIGNED = 3  # "three of its cells" in the guide
EXPLAINED_ROLES = set(
    re.findall(r"`([a-z_]+)`", GUIDE.split("## The roles of labels")[1].split("## When")[0])
)


def block(language: str) -> str:
    (text,) = re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    return str(text)


def read_guide_page(*above: str) -> GoalTable:
    return read_one(block("text"), *above)


@pytest.fixture
def without_the_file(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The program before somebody wrote the file."""
    caches: tuple[Any, ...] = (forms._heads, forms._labels, forms._block_heads)
    caches += (printed_forms.form_definitions, printed_forms._nearest_forms)

    def forget() -> None:
        for cached in caches:
            cached.cache_clear()

    forget()
    others = tuple(name for name in toml_names("forms") if name != SHIPPED)
    monkeypatch.setattr(printed_forms, "toml_names", lambda _folder: others)
    yield
    monkeypatch.undo()
    forget()


def test_the_example_is_the_file_that_is_shipped() -> None:
    data = Path(forms.__file__).parents[1] / "data" / SHIPPED
    assert block("toml") == data.read_text(encoding="utf-8")


def test_the_drawn_page_reads_as_the_guide_says() -> None:
    table = read_guide_page("转移支付区域（项目）绩效目标自评表", "（2023年度）")
    evaluation = table.self_evaluation
    assert evaluation is not None
    read = {
        "form": table.form,
        "project": table.project,
        "organization": table.organization,
        "annual goal": table.annual_goal,
        "completion": evaluation.completion,
        "findings": ", ".join(finding.code for finding in table.findings) or "none",
        **table.fields,
    }
    told = dict(
        re.findall(r"^\| ([^|`]+) \| ([^|`]+) \|$", GUIDE.split("With it:")[1].split("4. **")[0], re.M)
    )
    assert len(told) == 8
    assert {key: read.get(key) for key in told} == told
    assert [(row.name, row.adjusted, row.executed, row.rate) for row in evaluation.execution] == [
        ("年度资金总额：", "120.00", "114.00", "95.00%"),
        ("其中：中央财政资金", "80.00", "80.00", "100.00%"),
        ("地方资金", "40.00", "34.00", "85.00%"),
    ]
    assert rows_of(table) == [
        ("产出指标", "数量指标", "新建护岸长度", "≥3公里"),
        ("产出指标", "质量指标", "工程验收合格率", "=100%"),
        ("满意度指标", "服务对象满意度指标", "沿河群众满意度", "≥90%"),
    ]
    assert [i.actual_text for i in table.indicators] == ["3公里", "100%", "93%"]


def test_a_lost_title_is_made_up_for_by_what_stands_inside() -> None:
    assert read_guide_page().form == "self_evaluation"


@pytest.mark.usefixtures("without_the_file")
def test_without_the_file_the_form_is_not_understood() -> None:
    table = read_guide_page("转移支付区域（项目）绩效目标自评表")
    assert "three of its cells go into no record" in GUIDE
    (finding,) = table.findings
    assert (finding.code, len(finding.source)) == ("unassigned-cell", UNASSIGNED)
    assert "执行准确性（存在问题和改进措施）" not in table.fields


def test_every_role_of_a_label_is_explained() -> None:
    files = ["header_labels.toml", *toml_names("forms")]
    roles = {label["role"] for name in files for label in load_toml(name).get("label", ())}
    assert roles - EXPLAINED_ROLES == set()


def test_every_key_of_a_form_file_is_explained() -> None:
    keys = {key for name in toml_names("forms") for key in load_toml(name)}
    assert [
        key for key in sorted(keys) if f"| `{key}` |" not in GUIDE and f"| `[[{key}]]` |" not in GUIDE
    ] == []
