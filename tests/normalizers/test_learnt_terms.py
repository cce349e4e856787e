"""Terms of reviewed documents: proposed once, taken on good grounds, heard in completions."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.document import GoalTable, Indicator
from goaltables.normalizers.names.known_texts import SIBLING_WEIGHT
from goaltables.normalizers.names.learnt_terms import (
    LearntTerm,
    known_texts,
    learnt_ids,
    merged_terms,
    taken,
)
from goaltables.normalizers.names.vocabulary import name_key
from goaltables.normalizers.normalise import normalised

NAME = "边境派出所夜间联勤巡逻队队员伙食供给到位天数"
TERMS = st.builds(
    LearntTerm,
    term=st.sampled_from(["补助发放准", "补助发", "供给"]),
    full_name=st.sampled_from(["补助发放准确率", "补助 发放准确率", "供给率"]),
    level2=st.sampled_from([None, "quality"]),
    documents=st.lists(st.sampled_from(["a", "b", "c"]), max_size=2).map(tuple),
    approved=st.booleans(),
)


def test_one_document_proposes_two_prove() -> None:
    one, other = (LearntTerm("补助发放准", "补助发放准确率", "quality", (sha,)) for sha in ("a", "b"))
    assert taken([one]) == ()
    assert taken([one, one]) == ()
    (both,) = taken([one, other])
    assert both.documents == ("a", "b")


def test_two_printings_of_one_name_prove_each_other() -> None:
    terms = [
        LearntTerm("补助发放准", "补助发放准确率", None, ("a",)),
        LearntTerm("补助发", "补助发放准确率", None, ("b",)),
    ]
    assert len(taken(terms)) == 2


def test_an_approved_term_needs_no_document() -> None:
    assert taken([LearntTerm("补助发放准", "补助发放准确率", approved=True)])


@settings(derandomize=True, deadline=None)
@given(st.lists(TERMS, max_size=6), st.randoms())
def test_merging_loses_nothing_and_does_not_depend_on_the_order(
    terms: list[LearntTerm], random: object
) -> None:
    merged = merged_terms(terms)
    shuffled = list(terms)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert {sha for term in terms for sha in term.documents} == {
        sha for term in merged for sha in term.documents
    }
    assert merged_terms(merged) == merged
    assert [(name_key(t.full_name), t.documents, t.approved) for t in merged_terms(shuffled)] == [
        (name_key(t.full_name), t.documents, t.approved) for t in merged
    ]
    assert set(taken(terms)) <= set(merged)


def test_one_name_has_one_id() -> None:
    terms = [LearntTerm("a", "三公经费控制率"), LearntTerm("b", "“三公经费”控制率")]
    assert len({term.id for term in terms}) == 1
    assert learnt_ids(terms) == {"三公经费控制率": terms[0].id}


def test_a_taken_term_completes_a_name_of_another_document_and_gives_it_an_id() -> None:
    def indicator(name: str) -> Indicator:
        return Indicator(
            level2="数量指标", level2_id="quantity", name=name, full_name=name, value_text="≥300天",
            reasons=["clipped"],
        )  # fmt: skip

    table = GoalTable(id="p1-1", form="project", indicators=[indicator(NAME[:-6])])
    assert normalised([table])[0].indicators[0].full_name != NAME
    term = LearntTerm(NAME[:-6], NAME, "quantity", approved=True)
    (found,) = normalised([table], taken([term]))[0].indicators
    assert (found.full_name, found.name_status, found.vocabulary_id) == (NAME, "completed", term.id)


def test_a_term_votes_under_its_label_and_has_a_short_id() -> None:
    labelled = LearntTerm("护边员补助发放准", "护边员补助发放准确率", "quality", ("ab12",))
    plain = LearntTerm("护边员补助发放准", "护边员补助发放准确率")
    first, second = known_texts([labelled, plain])
    assert (first.text, first.level2, first.is_whole) == ("护边员补助发放准确率", ("quality",), True)
    assert second.level2 == ()
    assert first.weight > SIBLING_WEIGHT
    assert re.fullmatch("L:[0-9a-f]{12}", labelled.id)
    assert labelled.id == plain.id != LearntTerm("甲", "甲数").id
