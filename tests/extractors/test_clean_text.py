"""Radicals become ideographs; everything else stays as printed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.extractors.clean_text import fold_characters


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("⼈⺠政府", "人民政府"),
        ("⻔⽤", "门用"),
        ("农⼾", "农户"),  # not 戶
        ("\uf914曲", "樂曲"),  # a compatibility ideograph
        ("（㎡）①≥１００％", "（㎡）①≥１００％"),  # NFKC would rewrite all of these
        ("a\x00b\x1bc", "a\ufffdb\ufffdc"),
        ("a\ud800b", "a\ufffdb"),
        ("绩\u200b效\ufeff", "绩效"),
        ("tab\tnew\n", "tab\tnew\n"),
    ],
)
def test_folding(printed: str, folded: str) -> None:
    assert fold_characters(printed) == folded


@settings(derandomize=True)
@given(st.text(st.characters()))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold_characters(text)
    assert fold_characters(once) == once
    once.encode("utf-8")  # no lone surrogate is left
