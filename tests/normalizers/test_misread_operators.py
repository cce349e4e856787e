"""A ≥ read as a figure is put right where nothing else can be meant, and only there."""

from __future__ import annotations

import pytest

from goaltables.document import GoalTable, Indicator
from goaltables.normalizers.normalise import normalised


def _table(*rows: tuple[str, str, str], confidence: float = 0.9) -> GoalTable:
    indicators = [
        Indicator(
            level2=label,
            level2_id=label_id,
            name=name,
            full_name=name,
            value_text=text,
            confidence=confidence,
        )
        for name, text, label_id in rows
        for label in ["满意度指标" if label_id == "served_satisfaction" else "质量指标"]
    ]
    return GoalTable(id="p1-1", form="project", fiscal_year=2022, indicators=indicators)


WITNESSES = (("补助发放准确率", "≥95%", "quality"), ("工程验收合格率", "≥100%", "quality"))


def _read(table: GoalTable) -> tuple[str | None, str | None, str | None, list[str]]:
    last = normalised([table])[0].indicators[-1]
    return last.value_text, last.operator, last.value, last.reasons


@pytest.mark.parametrize(
    ("name", "text", "label", "repaired"),
    [
        ("培训合格率", "290%", "quality", "≥90%"),
        ("培训合格率", "8100%", "quality", "≥100%"),
        ("群众满意度", "工95%", "served_satisfaction", "≥95%"),
        ("档案完整率", "298.5%", "quality", "≥98.5%"),
    ],
)
def test_a_misread_operator_is_put_right_and_recorded(
    name: str, text: str, label: str, repaired: str
) -> None:
    table = _table(*WITNESSES, (name, text, label))
    value = repaired[1:-1]
    assert _read(table) == (repaired, ">=", value, ["low-confidence", "operator-repaired"])
    done = normalised([table])[0]
    findings = [finding for finding in done.findings if finding.code == "operator-repaired"]
    assert [finding.message for finding in findings] == [
        f"比较符误识已更正 | A misread operator was put right: {name}: {text} → {repaired}"
    ]
    assert done.indicators[-1].needs_review
    assert "rate-above-100" not in {finding.code for finding in done.findings}


def test_the_operator_is_written_as_the_table_writes_it() -> None:
    rows = (("补助发放准确率", ">=95%", "quality"), ("工程验收合格率", ">=100%", "quality"))
    assert _read(_table(*rows, ("培训合格率", "290%", "quality")))[0] == ">=90%"


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(_table(*WITNESSES, ("产值增长率", "290%", "quality")), id="a growth may be 290 %"),
        pytest.param(_table(*WITNESSES, ("设备故障率", "290%", "quality")), id="low is good"),
        pytest.param(_table(*WITNESSES, ("培训合格率", "220%", "quality")), id="nobody aims at 20 %"),
        pytest.param(_table(*WITNESSES, ("培训合格率", "390%", "quality")), id="no ≥ looks like a 3"),
        pytest.param(_table(*WITNESSES, ("某某情况", "290%", "quality")), id="what is measured is not known"),
        pytest.param(_table(WITNESSES[0], ("培训合格率", "290%", "quality")), id="one witness"),
        pytest.param(
            _table(("补助发放准确率", "95%", "quality"), *WITNESSES, ("培训合格率", "290%", "quality")),
            id="the table leaves its operators out",
        ),
        pytest.param(
            _table(*WITNESSES, ("培训合格率", "290%", "quality"), confidence=1.0),
            id="not read from a picture",
        ),
    ],
)
def test_where_something_else_may_be_meant_nothing_is_changed(table: GoalTable) -> None:
    last = table.indicators[-1]
    text, operator, _, reasons = _read(table)
    assert (text, operator) == (last.value_text, None)
    assert "operator-repaired" not in reasons
