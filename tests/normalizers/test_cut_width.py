"""Which widths are believed to cut names."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

import pytest

from goaltables.normalizers.names.cut_width import (
    PrintedName,
    cut_widths,
    edge_width,
    known_widths,
    printed_width,
)


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


@pytest.mark.parametrize(
    ("width", "breaking", "whole", "is_proved"),
    [
        (7, 2, 0, False),  # short names of one length are chance
        (8, 2, 0, True),
        (8, 1, 0, False),
        (8, 2, 2, True),  # half of those at the edge break off
        (8, 2, 3, False),
        (20, 1, 5, True),  # a width that producers are known to use
        (20, 0, 5, False),
    ],
)
def test_what_proves_a_width(width: int, breaking: int, whole: int, is_proved: bool) -> None:
    names = [
        PrintedName(chr(0x4E00 + number) * width, breaks_off=number < breaking)
        for number in range(breaking + whole)
    ]
    shorter = PrintedName("短" * (width - 1), breaks_off=True)
    assert cut_widths({"names": [*names, shorter]}) == ({"names": width} if is_proved else {})


@pytest.mark.parametrize(("at_next", "is_believed"), [(3, False), (2, True)])
def test_a_longer_name_of_a_picture_against_several_of_one_width(at_next: int, is_believed: bool) -> None:
    names = [PrintedName(chr(0x4E00 + number) * 9, breaks_off=True) for number in range(at_next)]
    longer = PrintedName("长" * 12, breaks_off=False, is_certain=False)
    assert edge_width([longer, *names]) == (12 if is_believed else 9)
    assert edge_width([replace(longer, is_certain=True), *names]) == 12
    assert edge_width([longer, replace(longer, text="更" * 12), *names]) == 12  # two of them
    assert edge_width([longer]) == 12
    assert edge_width([]) == 0
