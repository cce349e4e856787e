"""A finding says what it found: the words, the numbers and the places of each check's examples."""

from __future__ import annotations

import pytest
from check_messages import kept_messages, messages

KEPT = kept_messages()


@pytest.mark.parametrize("code", sorted(KEPT))
def test_a_check_says_what_it_found(code: str) -> None:
    assert messages(code) == KEPT[code]
