from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.extractors.clean_text import DROPPED, fold_characters
from goaltables.normalizers.text import (
    clean_text,
    comparison_key,
    has_markup,
    split_goal_items,
    strip_markup,
)


def test_radicals_and_compatibility_ideographs_become_the_characters_they_stand_for() -> None:
    assert clean_text("⼈员⻋辆 \uf9b4") == "人员车辆 領"


def test_full_width_and_special_characters_stay_as_printed() -> None:
    assert clean_text("≥９５％　①㎡（套）") == "≥９５％　①㎡（套）"


@pytest.mark.parametrize("bad", ["\x00", "\x07", "\ud800", "\x9f"])
def test_what_cannot_be_published_becomes_the_replacement_character(bad: str) -> None:
    assert clean_text(f"甲{bad}乙") == "甲\ufffd乙"


@settings(derandomize=True)
@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_clean_text_is_total_idempotent_and_can_be_written(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    once.encode("utf-8")


def test_comparison_key_ignores_width_and_white_space() -> None:
    assert comparison_key(" ≥９５ ％\u200b\n") == comparison_key("≥95%")
    assert comparison_key(None) == ""


@pytest.mark.parametrize(
    "text", ["<p>甲</p>", "甲&nbsp;乙", "甲<br/>乙", '<span style="x">甲</span>', "&#160;甲"]
)
def test_markup_is_seen_and_stripped(text: str) -> None:
    assert has_markup(text)
    assert not has_markup(strip_markup(text))


@pytest.mark.parametrize("text", ["完成率<95%", "3<5>2", "A&B公司", "R&D;", "≥95%"])
def test_what_only_looks_like_markup_stays(text: str) -> None:
    assert not has_markup(text)
    assert strip_markup(text) == text


@pytest.mark.parametrize(
    ("goal", "items"),
    [
        ("1、甲；2、乙。", ("甲；", "乙。")),
        ("一是甲；二是乙；", ("甲；", "乙；")),
        ("（1）甲（2）乙", ("甲", "乙")),
        ("目标1：甲。目标2：乙。", ("甲。", "乙。")),
        ("①甲②乙", ("甲", "乙")),
        ("１．甲；２．乙", ("甲；", "乙")),
        ("总体：1、甲；2、乙", ("总体：", "甲；", "乙")),
        ("1、甲：（1）子；（2）丑；2、乙", ("甲：（1）子；（2）丑；", "乙")),
        ("1.新建2.5公里；2.合格率95.5%。", ("新建2.5公里；", "合格率95.5%。")),
        ("<p>1、甲；</p><p>2、乙</p>", ("甲；", "乙")),
        ("<p>甲</p><p>乙</p>", ("甲", "乙")),
        ("没有编号的目标。", ("没有编号的目标。",)),
        ("十一是不是", ("十一是不是",)),
        ("", ()),
    ],
)
def test_goals_are_split_by_their_numbers(goal: str, items: tuple[str, ...]) -> None:
    found = split_goal_items(goal)
    assert found.items == items
    assert found.duplicates == ()


@pytest.mark.parametrize(
    ("goal", "items", "duplicates"),
    [
        (
            "1.2025年，新建水渠；2.按月足额发放；2.加强管护。",
            ("2025年，新建水渠；", "按月足额发放；", "加强管护。"),
            ("2",),
        ),
        ("1、甲；2、确保2.“乙”；3、丙", ("甲；", "确保“乙”；", "丙"), ("2",)),
        ("1、甲；2.按月2.足额发放", ("甲；", "按月足额发放"), ("2",)),
        ("1、甲；2、乙；2、丙", ("甲；", "乙；", "丙"), ("2",)),
        ("1、1、甲；2、乙", ("甲；", "乙"), ("1",)),
    ],
)
def test_doubled_numbers_are_taken_out_and_told(
    goal: str, items: tuple[str, ...], duplicates: tuple[str, ...]
) -> None:
    found = split_goal_items(goal)
    assert (found.items, found.duplicates) == (items, duplicates)


def test_a_decimal_before_a_number_is_no_item() -> None:
    assert split_goal_items("投资1.2025亿元；完成率2.5%。").items == ("投资1.2025亿元；完成率2.5%。",)


def test_a_list_that_begins_again_repeats_no_number() -> None:
    assert split_goal_items("1、甲；2、乙。效益：1、丙；2、丁").duplicates == ()


@settings(derandomize=True, max_examples=200)
@given(st.text(alphabet="1２.、（）()一二十是；。甲目标：①<p>/&nbsp; "))
def test_splitting_is_total_and_keeps_every_character_of_the_texts(text: str) -> None:
    found = split_goal_items(text)
    assert all(found.items)
    assert "".join(found.items).count("甲") == strip_markup(text).count("甲")


@pytest.mark.parametrize(
    ("goal", "items", "duplicates"),
    [
        ("一、甲；十一、乙；二十一、丙", ("甲；", "乙；", "丙"), ()),
        ("一、甲；十、乙；十、丙", ("甲；", "乙；", "丙"), ("10",)),
        ("一、甲；二十、乙；20、丙", ("甲；", "乙；20、丙"), ()),  # another style goes on inside the item
        ("一、甲；2、乙；三、丙", ("甲；2、乙；", "丙"), ()),
        ("1、甲；2.乙；3、丙", ("甲；", "乙；", "丙"), ()),  # mixed in one list that counts on
        ("1、甲；3.乙", ("甲；3.乙",), ()),
        ("2、旧。1、甲；2、乙", ("2、旧。", "甲；", "乙"), ()),  # a list begins with its first number
        ("1、甲；2.乙；2、丙", ("甲；2.乙；", "丙"), ()),  # 2. was a number inside the first
        ("1、甲乙丙丁戊己1、庚", ("甲乙丙丁戊己庚",), ("1",)),  # six characters on: doubled
        ("1、甲乙丙丁戊己午1、庚", ("甲乙丙丁戊己午1、庚",), ()),
    ],
)
def test_numbers_in_words(goal: str, items: tuple[str, ...], duplicates: tuple[str, ...]) -> None:
    found = split_goal_items(goal)
    assert (found.items, found.duplicates) == (items, duplicates)


def test_every_character_is_cleaned_as_the_readers_clean_it() -> None:
    """What a person typed at the review desk is compared with what was read."""
    differing = [
        hex(code)
        for code in (*range(0x10000), *range(0x2F800, 0x2FA20))
        if code not in DROPPED and clean_text(chr(code)) != fold_characters(chr(code))
    ]
    assert differing == []
