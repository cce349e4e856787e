"""The fitted model answers as it did: a weight, a share or a rule of it cannot change unseen.

How good the answers are is measured by benchmarks/complete_names.py; here it only counts that they are the
same, to the fourth decimal.
"""

from __future__ import annotations

from typing import Any

import pytest
from completions import answers, kept_cases

CASES = kept_cases()


@pytest.mark.parametrize("case", CASES, ids=[str(case.get("name", "document")) for case in CASES])
def test_the_answers_are_those_that_were_kept(case: dict[str, Any]) -> None:
    for found, kept in zip(answers(case), case["answers"], strict=True):
        assert found[:2] == kept[:2]
        assert found[2] == pytest.approx(kept[2], abs=2e-4)
        assert [name for name, _ in found[3]] == [name for name, _ in kept[3]]
        assert [share for _, share in found[3]] == pytest.approx([share for _, share in kept[3]], abs=2e-4)
