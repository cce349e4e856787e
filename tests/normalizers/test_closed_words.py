"""Printed words of closed lists: folded, found through one wrong character, never guessed between two."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.normalizers.understanding.closed_words import ClosedWords

WORDS = ClosedWords(
    {
        "数量指标": ["quantity"],
        "质量指标": ["quality"],
        "项目资金": ["money"],
        "年度资金总额": ["total"],
        "全年预算数": ["adjusted"],
        "合计": ["sum", "score"],
        "年度目标": ["goal"],
    }
)
CHARACTERS = st.text(alphabet="数质量指标年度资金总额目合计日口1 （）", max_size=8)


@pytest.mark.parametrize(
    ("printed", "meaning"),
    [
        ("项目资金\n（万元）：", "money"),
        ("★ 数量 指标", "quantity"),
        ("1.数量指标", "quantity"),
        ("一、质量指标", "quality"),
        ("全年预算数(A)", "adjusted"),
        ("其中：年度资金总额", "total"),
        ("口中:年度资金总额", "total"),
        ("2023年度目标", "goal"),
        ("项曰资金", "money"),
        ("年度资金总", "total"),
    ],
)
def test_the_ways_a_word_is_printed(printed: str, meaning: str) -> None:
    assert WORDS.meanings(printed) == (meaning,)


@pytest.mark.parametrize("printed", ["", "：", "口量指标", "合口", "财政拨款", "完成年度目标任务并报送"])
def test_what_is_no_word_or_two_words_is_left_open(printed: str) -> None:
    assert WORDS.meanings(printed) == ()


def test_both_meanings_of_a_misread_word_are_candidates() -> None:
    assert WORDS.candidates("口量指标") == {"quantity", "quality"}
    assert WORDS.meanings("合计") == ("sum", "score")


@settings(derandomize=True, deadline=None)
@given(
    st.sampled_from(["数量指标", "项目资金", "年度资金总额", "合计"]),
    st.sampled_from(["", "1.", "★", " \n", "其中："]),
    st.sampled_from(["", "：", "（万元）", "(A)", "　", "、"]),
)
def test_what_printing_adds_to_a_word_changes_nothing(word: str, before: str, behind: str) -> None:
    spaced = " ".join(word)
    assert WORDS.meanings(before + spaced + behind) == WORDS.meanings(word) != ()
