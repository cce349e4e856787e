"""The form data: every entry has a source and roles the code knows, every word leads back to its role."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from goaltables.document import Form
from goaltables.normalizers.data import load_toml, toml_names
from goaltables.normalizers.understanding.forms import (
    block_head_role,
    head_roles,
    header_labels,
    horizon_of,
    weak_head_roles,
)
from goaltables.normalizers.understanding.printed_forms import (
    form_definitions,
    is_known_title,
    recognise_form,
)


def entries(kind: str, file: str) -> list[dict[str, Any]]:
    """The entries of one kind, the common ones and those of single forms."""
    return [entry for name in (file, *toml_names("forms")) for entry in load_toml(name).get(kind, ())]


COLUMNS = entries("column", "column_heads.toml")
LABELS = entries("label", "header_labels.toml")
HEADS = entries("head", "header_labels.toml")


@pytest.mark.parametrize("name", ["column_heads.toml", "header_labels.toml", "taxonomy.toml"])
def test_every_entry_has_a_source(name: str) -> None:
    for kind, found in load_toml(name).items():
        for entry in found if isinstance(found, list) else [found]:
            assert entry["source"].strip(), (kind, entry)


@pytest.mark.parametrize("name", toml_names("forms"))
def test_every_form_file_says_where_it_comes_from(name: str) -> None:
    form = load_toml(name)
    words = [entry for kind in ("column", "label", "head") for entry in form.get(kind, ())]
    assert all(entry["source"].strip() for entry in [form, *words])


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
    assert {form.form for form in form_definitions()} == set(get_args(Form))
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


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("部门预!目支出绩效自评表", "self_evaluation"),
        ("部门（单位）整休支岀绩效目标表", "department_overall"),
        ("财政专顶资金绩效目标表（2023年度）", "project"),
        ("区城绩效目标表", "regional_transfer"),
    ],
)
def test_a_title_with_a_wrong_character_still_names_its_form(title: str, form: str) -> None:
    assert is_known_title(title)
    assert recognise_form(title, (), "") == form


@pytest.mark.parametrize(
    "title",
    ["部门支出总表", "项目支出预算表", "2023年收支总表", "三公经费预算表", "绩效", "", "第五部分 绩效目标"],
)
def test_other_lines_are_no_title_of_a_form(title: str) -> None:
    assert not is_known_title(title)


def test_every_title_of_a_form_is_known_and_names_it() -> None:
    for form in form_definitions():
        for title in form.titles:
            assert is_known_title(title), title
            assert recognise_form(title, (), "") == form.form, title


def test_horizons() -> None:
    assert horizon_of("实施期目标（2021年—2023年）") == "mid_term"
    assert horizon_of("年度指标值") == "annual"
    assert horizon_of("指标值") is None
