"""Which widths are believed to cut names."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import pytest

from goaltables.normalizers.names.cut_width import PrintedName, cut_widths, known_widths, printed_width


def _column(*names: tuple[int, bool]) -> list[PrintedName]:
    """Names of given widths, each made different by its first character."""
    return [PrintedName(chr(0x4E00 + n) + "某" * (width - 1), cut) for n, (width, cut) in enumerate(names)]


def _widths(**columns: Sequence[PrintedName]) -> dict[Hashable, int]:
    found: dict[Hashable, Sequence[PrintedName]] = dict(columns.items())
    return cut_widths(found)


def test_layout_spaces_do_not_count_and_every_other_character_is_one() -> None:
    assert printed_width("2022年“三公 经费”\n控制率") == 14


def test_the_width_of_the_seed_is_known() -> None:
    assert 20 in known_widths()


def test_one_broken_name_proves_a_known_width() -> None:
    assert _widths(a=_column((20, True), (20, False), (11, False))) == {"a": 20}


def test_a_length_alone_proves_nothing() -> None:
    assert _widths(a=_column((20, False), (20, False), (20, False))) == {}


@pytest.mark.parametrize("longer", [21, 24, 30])
def test_a_longer_name_disproves_the_width(longer: int) -> None:
    assert _widths(a=_column((20, True), (20, True), (longer, False))) == {}


def test_a_new_width_needs_two_broken_names() -> None:
    assert _widths(a=_column((17, True), (12, False))) == {}
    assert _widths(a=_column((17, True), (17, True), (12, False))) == {"a": 17}


def test_the_same_name_twice_is_one_witness() -> None:
    name = PrintedName("某" * 17, True)
    assert _widths(a=[name, name]) == {}


def test_a_new_width_needs_most_of_its_names_broken() -> None:
    broken = _column((17, True), (17, True), *((17, False) for _ in range(5)))
    assert _widths(a=broken) == {}


def test_short_names_of_one_length_are_chance() -> None:
    assert _widths(a=_column((4, True), (4, True), (4, True))) == {}


def test_a_width_proved_in_one_column_serves_the_others() -> None:
    proved = _column((17, True), (17, True))
    assert _widths(a=proved, b=_column((17, True), (9, False))) == {"a": 17, "b": 17}
    assert _widths(a=proved, b=_column((17, False), (9, False))) == {"a": 17}
    assert _widths(a=proved, b=_column((17, True), (19, False))) == {"a": 17}


def test_nothing_is_cut_where_nothing_is_printed() -> None:
    assert _widths() == {}
    assert _widths(a=[]) == {}


def test_one_longer_name_that_may_be_misread_hides_no_edge() -> None:
    """A reader glued a neighbouring cell to it."""

    def longer(is_certain: bool) -> PrintedName:
        return PrintedName("长" * 27, breaks_off=False, is_certain=is_certain)

    broken = _column((20, True), (20, True), (20, True), (9, False))
    assert _widths(a=[*broken, longer(False)]) == {"a": 20}
    assert _widths(a=[*broken, longer(True)]) == {}
    assert _widths(a=[*broken, longer(False), longer(False)]) == {}
    assert _widths(a=[*broken[1:], longer(False)]) == {}
