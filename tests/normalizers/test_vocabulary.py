"""The vocabulary as data: well formed, sourced, without repetition; and looking things up in it."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.normalizers.data import load_rows
from goaltables.normalizers.names.vocabulary import (
    direction_of,
    expected_units,
    find_head,
    find_vocabulary_id,
    name_key,
    vocabulary,
    vocabulary_entry,
)
from goaltables.normalizers.understanding.labels import levels
from goaltables.normalizers.values.units import unit_table

_KINDS = ("head", "name", "tail")
_ID_OF_KIND = {"head": r"H:[a-z0-9]+", "name": r"N\d{4}", "tail": r"T\d{4}"}
HEADS = [entry for entry in vocabulary() if entry.kind == "head"]


def _canonical() -> str:
    """The file as it should be written: sorted by kind and id, lists without repetition, minimal quoting."""
    rows = sorted(load_rows("vocabulary.csv"), key=lambda row: (_KINDS.index(row["kind"]), row["id"]))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {field: "|".join(dict.fromkeys(text.split("|"))).strip() for field, text in row.items()}
        )
    return out.getvalue()


def test_the_file_is_written_canonically() -> None:
    text = files("goaltables.normalizers.data").joinpath("vocabulary.csv").read_text(encoding="utf-8")
    printed, canonical = text.split("\n"), _canonical().split("\n")
    wrong = [
        f"line {number}: write {right!r}"
        for number, (line, right) in enumerate(zip(printed, canonical, strict=True), start=1)
        if line != right
    ]
    assert not wrong, "\n".join(wrong[:10])


def test_ids_are_unique_and_say_their_kind() -> None:
    assert len({entry.id for entry in vocabulary()}) == len(vocabulary())
    assert [e.id for e in vocabulary() if not re.fullmatch(_ID_OF_KIND[e.kind], e.id)] == []


def test_no_name_is_entered_twice() -> None:
    heads = Counter(name_key(text) for head in HEADS for text in (head.name, *head.aliases))
    others = Counter(name_key(entry.name) for entry in vocabulary() if entry.kind != "head")
    assert [key for key, count in heads.items() if count > 1] == []
    assert [key for key, count in others.items() if count > 1] == []


def test_no_tail_repeats_a_head() -> None:
    heads = {name_key(text) for head in HEADS for text in (head.name, *head.aliases)}
    assert [e.name for e in vocabulary() if e.kind == "tail" and name_key(e.name) in heads] == []


def test_only_heads_have_aliases_and_each_leads_to_its_head() -> None:
    assert [e.id for e in vocabulary() if e.kind != "head" and e.aliases] == []
    assert [a for head in HEADS for a in head.aliases if find_head(a) != head.id] == []


def test_every_head_is_found_by_its_own_name() -> None:
    assert [head.id for head in HEADS if find_head(head.name) != head.id] == []


def test_every_whole_name_is_found_by_its_name() -> None:
    assert [e.id for e in vocabulary() if e.kind != "head" and find_vocabulary_id(e.name) != e.id] == []


def test_every_tail_measures_something_that_has_a_head_or_is_a_phrase_of_benefit() -> None:
    benefits = {"economic", "social", "ecological", "sustainable", "social_cost", "environmental_cost"}
    loose = [e for e in vocabulary() if e.kind == "tail" and find_head(e.name) is None]
    assert len(loose) < 0.1 * len(vocabulary())
    assert [e.name for e in loose if "served_satisfaction" in e.level2 and not benefits & set(e.level2)] == []


def test_levels_are_of_the_taxonomy_and_units_are_canonical() -> None:
    known_levels = {level.id for level in levels(2)}
    known_units = set(unit_table()) | {"@date", "@qual"}
    assert [e.id for e in vocabulary() if not e.level2 or not set(e.level2) <= known_levels] == []
    unknown = {unit for entry in vocabulary() for unit in entry.units} - known_units
    # Rates are joined from known units (元/批次); they need no entry of their own.
    assert {unit for unit in unknown if "/" not in unit} == {"标箱"} & unknown


def test_every_entry_has_sources_that_are_described_and_every_source_is_used() -> None:
    described = {row["source"] for row in load_rows("vocabulary_sources.csv")}
    used = {source for entry in vocabulary() for source in entry.sources}
    assert [e.id for e in vocabulary() if not e.sources] == []
    assert used == described
    assert {row["checked"] for row in load_rows("vocabulary_sources.csv")} == {"seen", "known"}


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("村干部、小组长大学生村官工资及社保发放准确率", "准确率"),
        ("保障工资福利发放人数", "人数"),
        ("三老四类补助发放及时性", "发放及时性"),
        ("项目（工程）验收合格率（≥**%）", "验收合格率"),
        ("高压线路故障率 ", "故障率"),
        ("行政村数量", "村数"),
        ("三老四类人员满意度", "满意度"),
    ],
)
def test_the_longest_head_is_found(name: str, head: str) -> None:
    found = find_head(name)
    assert found is not None
    assert vocabulary_entry(found).name == head


def test_a_label_prefers_the_heads_that_stand_under_it() -> None:
    assert find_head("学前三年毛入园率", "social") == find_head("学前三年毛入园率")
    for head in HEADS:
        found = find_head(head.name, head.level2[0])
        assert found is not None
        assert head.level2[0] in vocabulary_entry(found).level2


def test_what_measures_nothing_known_has_no_head() -> None:
    assert find_head("") is None
    assert find_head("三老四类") is None
    assert find_head("2020年") is None


def test_names_are_the_same_however_they_are_punctuated_and_wide() -> None:
    known = find_vocabulary_id("“三公经费”控制率")
    assert known is not None
    assert find_vocabulary_id("三公经费控制率") == known
    assert find_vocabulary_id(" ＂三公经费＂控制率") == known
    assert find_vocabulary_id("三公经费控制") is None


def test_direction_and_units_come_from_the_head() -> None:
    assert direction_of("某某系统故障率") == "lower"
    assert direction_of("三老四类补助发放准确率") in ("higher", "equal")
    assert direction_of("提升本县乡村治理体系") is None
    assert "人" in expected_units("保障某某镇补助发放人数")
    assert expected_units("三老四类") == ()


def test_an_unknown_id_is_an_error() -> None:
    with pytest.raises(KeyError):
        vocabulary_entry("H:nothing")


@settings(derandomize=True, max_examples=200)
@given(st.text(max_size=40))
def test_looking_up_is_total_and_returns_entries(text: str) -> None:
    for found in (find_head(text), find_vocabulary_id(text)):
        assert found is None or vocabulary_entry(found).id == found


@settings(derandomize=True, max_examples=100)
@given(st.sampled_from(HEADS), st.text("县乡镇村级二三", max_size=6))
def test_a_name_keeps_a_head_at_least_as_long_whatever_stands_in_front(head: object, front: str) -> None:
    assert hasattr(head, "name")
    found = find_head(front + head.name)
    assert found is not None
    assert (front + head.name).endswith(
        tuple(text for text in (vocabulary_entry(found).name, *vocabulary_entry(found).aliases))
    )
