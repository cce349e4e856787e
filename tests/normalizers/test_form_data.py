"""The form data: every entry has a source and roles the code knows, every word leads back to its role."""

from __future__ import annotations

from typing import Any

import pytest

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.forms import (
    FORM_NAMES,
    block_head_role,
    form_definitions,
    head_roles,
    header_labels,
    horizon_of,
    recognise_form,
    weak_head_roles,
)

COLUMNS: list[dict[str, Any]] = load_toml("column_heads.toml")["column"]
LABELS: list[dict[str, Any]] = load_toml("header_labels.toml")["label"]
HEADS: list[dict[str, Any]] = load_toml("header_labels.toml")["head"]


@pytest.mark.parametrize("name", ["column_heads.toml", "header_labels.toml", "taxonomy.toml"])
def test_every_entry_has_a_source(name: str) -> None:
    for kind, entries in load_toml(name).items():
        for entry in entries if isinstance(entries, list) else [entries]:
            assert entry["source"].strip(), (kind, entry)


def test_every_head_word_leads_to_its_role() -> None:
    for column in COLUMNS:
        for word in column["words"]:
            assert column["role"] in head_roles(word), word
        for word in column.get("weak", ()):
            assert column["role"] in weak_head_roles(word), word


def test_every_label_leads_to_its_role() -> None:
    for label in LABELS:
        for word in label["words"]:
            assert label["role"] in {meaning.role for meaning in header_labels(word)}, word


def test_every_head_of_an_amount_grid_leads_to_its_role() -> None:
    for head in HEADS:
        for word in head["words"]:
            assert block_head_role(head["block"], word) == head["role"], word


def test_no_word_is_listed_twice_under_one_role() -> None:
    for entry in [*COLUMNS, *LABELS, *HEADS]:
        assert len(entry["words"]) == len(set(entry["words"])), entry["role"]


def test_every_form_has_its_definition() -> None:
    assert {form.form for form in form_definitions()} == set(FORM_NAMES)
    assert [form.rank for form in form_definitions()] == sorted(form.rank for form in form_definitions())


@pytest.mark.parametrize(
    ("title", "evidence", "form"),
    [
        ("部门（单位）整体支出绩效目标表", {"block:tasks"}, "department_overall"),
        ("2023年项目支出绩效目标表", {"label:project"}, "project"),
        ("项目支出绩效自评表", {"label:project", "head:actual", "head:score"}, "self_evaluation"),
        ("项目支出绩效目标表", {"label:project", "head:actual", "head:score"}, "self_evaluation"),
        ("中央对地方专项转移支付区域绩效目标表", {"label:project"}, "regional_transfer"),
        (None, {"block:tasks"}, "department_overall"),
        (None, {"label:project"}, "project"),
        (None, set(), "project"),
    ],
)
def test_forms_are_recognised(title: str | None, evidence: set[str], form: str) -> None:
    assert recognise_form(title, evidence, "") == form


def test_horizons() -> None:
    assert horizon_of("实施期目标（2021年—2023年）") == "mid_term"
    assert horizon_of("年度指标值") == "annual"
    assert horizon_of("指标值") is None
