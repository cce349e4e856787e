"""Level labels: variants and misprints by the taxonomy, and what the taxonomy itself must keep."""

from __future__ import annotations

import pytest

from goaltables.normalizers.understanding.closed_words import fold
from goaltables.normalizers.understanding.labels import (
    derived_level1,
    fits_under,
    leading_level2,
    level1_id,
    level2_candidates,
    level2_id,
    level_name,
    levels,
    without_dirt,
    without_side_letters,
    without_weight,
)


@pytest.mark.parametrize(
    ("printed", "identity"),
    [
        ("产出指标", "output"),
        ("产出指标（50分）", "output"),
        ("项目完成指标", "output"),
        ("产 出\n指 标", "output"),
        ("产出指样", "output"),
        ("产出指", "output"),
        ("项目效果指标", "benefit"),
        ("社会公众或服务对象满意度指标", "satisfaction"),
        ("绩效指标", None),
        ("一级指标", None),
        ("", None),
    ],
)
def test_level_1(printed: str, identity: str | None) -> None:
    assert level1_id(printed) == identity


@pytest.mark.parametrize(
    ("printed", "identity"),
    [
        ("日效性指标", "timeliness"),
        ("可持续性发展影响指标", "sustainable"),
        ("生态环境成本指标", "environmental_cost"),
        ("服务对象或项目受益人（群众）满意度指标", "served_satisfaction"),
        ("数量指标（必填硬性指标）", "quantity"),
        ("口量指标", None),
        ("清淤长度", None),
    ],
)
def test_level_2(printed: str, identity: str | None) -> None:
    assert level2_id(printed) == identity


def test_a_label_between_two_classes_names_both() -> None:
    assert level2_candidates("口量指标") == {"quantity", "quality"}
    assert level2_candidates("绩效指标") == frozenset()


def test_cost_stands_where_its_era_puts_it() -> None:
    assert derived_level1("cost", {"output", "benefit"}) == "output"
    assert derived_level1("cost", {"cost", "benefit"}) == "cost"
    assert derived_level1("nothing", ()) is None
    assert fits_under("cost", "output")
    assert not fits_under("quantity", "benefit")


@pytest.mark.parametrize(
    ("printed", "label", "weight"),
    [
        ("产出指标（50分）", "产出指标", "50"),
        ("效益指标(30)", "效益指标", "30"),
        ("效益指标【权重：30%】", "效益指标", "30"),
        ("效益指标（3O分）", "效益指标", None),
        ("产出指标(64分))", "产出指标", "64"),
        ("数量指标（必填硬性指标）", "数量指标（必填硬性指标）", None),
    ],
)
def test_weights_in_brackets(printed: str, label: str, weight: str | None) -> None:
    assert without_weight(printed) == (label, weight)


def test_dirt_goes_only_when_a_known_label_is_left() -> None:
    assert without_dirt(",产出指标", 0.9) == "产出指标"
    assert without_dirt("数量指标1", 0.9) == "数量指标"
    assert without_dirt("指标1：清淤长度", 0.2) == "指标1：清淤长度"
    assert without_dirt("心心产出指标", 0.2) == "产出指标"
    assert without_dirt("心心产出指标", 0.9) == "心心产出指标"


@pytest.mark.parametrize(
    ("printed", "left"),
    [
        ("年", ""),
        ("绩效", ""),
        ("年度产出指标", "产出指标"),
        ("效益指标", "效益指标"),
        ("其他指标类", "其他指标类"),
    ],
)
def test_letters_of_the_label_beside_the_grid(printed: str, left: str) -> None:
    assert without_side_letters(printed) == left


def test_glued_label_and_name() -> None:
    assert leading_level2("质量指标工程验收合格率") == ("质量指标", "工程验收合格率")
    assert leading_level2("工程验收合格率") is None


@pytest.mark.parametrize("depth", [1, 2])
def test_every_label_of_the_taxonomy_finds_its_class(depth: int) -> None:
    find = level1_id if depth == 1 else level2_id
    for level in levels(depth):
        assert level.name in level.labels
        for label in level.labels:
            assert find(label) == level.id, label


def test_no_label_belongs_to_two_classes_of_one_level() -> None:
    for depth in (1, 2):
        owners = [(fold(label), level.id) for level in levels(depth) for label in level.labels]
        assert len({label for label, _ in owners}) == len(set(owners))


def test_parents_of_level_2_exist() -> None:
    known = {level.id for level in levels(1)}
    for level in levels(2):
        assert level.parents
        assert set(level.parents) <= known
        assert level_name(1, level.parents[0])


@pytest.mark.parametrize(
    ("clipped", "level1", "level2"),
    [
        ("满意", "satisfaction", "served_satisfaction"),
        ("经济效", None, "economic"),
        ("产", None, None),
        ("甲乙", None, None),
    ],
)
def test_a_label_that_its_cell_clips_is_the_beginning_of_one_class(
    clipped: str, level1: str | None, level2: str | None
) -> None:
    assert (level1_id(clipped), level2_id(clipped)) == (level1, level2)
