"""How chains of decisions are read, kept, exchanged, and led to a document that was read again."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_record import made_document
from pydantic import ValidationError

from goaltables.document import Document
from goaltables.errors import OutputError, UsageError
from goaltables.pipeline.review.decisions import Action, Chain, Decision, chains_of
from goaltables.pipeline.review.exchange import lines_of, take_in_file
from goaltables.pipeline.review.items import Item, items_of
from goaltables.pipeline.review.standing import Status, stand
from goaltables.pipeline.review.store import STORE_NAME, ReviewStore, Superseded

DOCUMENT = made_document()
ITEMS = items_of(DOCUMENT)
ITEM = next(i for i in ITEMS if i.machine == "≥8次")


def made(
    number: int,
    action: Action = Action.CORRECT,
    after: str | None = "≥3次",
    *,
    follows: int | None = None,
    item: Item = ITEM,
    by: str = "甲",
    **update: object,
) -> Decision:
    decision = Decision(
        uid=f"{number:032x}",
        follows=None if follows is None else f"{follows:032x}",
        at=f"2026-11-29T08:{number // 60 % 60:02d}:{number % 60:02d}.000Z",
        by=by,
        action=action,
        sha256=DOCUMENT.source.sha256,
        table=item.table_id,
        role=item.role,
        page=item.page,
        box=list(item.box) if item.box else None,
        machine=item.machine,
        before=item.machine,
        after=after,
    )
    return decision.model_copy(update=update)


def status_of(*decisions: Decision, item: Item = ITEM, items: tuple[Item, ...] = ITEMS) -> Status:
    reviewed = stand(items, decisions)
    (found,) = [s for s in reviewed.standings if s.item.key == item.key]
    return found.status


# ------------------------------------------------------------------------------------------------- chains


def test_an_undo_brings_back_what_stood_before() -> None:
    first, second = made(1, after="≥3次"), made(2, after="≥4次", follows=1)
    undo = made(3, Action.UNDO, follows=2)
    assert Chain([first, second]).standing == second
    assert Chain([first, second, undo]).standing == first
    assert Chain([first, second, undo, made(4, Action.UNDO, follows=3)]).standing is None


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["accept", "correct", "undo"]), max_size=12))
def test_a_chain_is_a_stack(actions: list[str]) -> None:
    decisions, stack = [], []
    for number, name in enumerate(actions):
        action = Action(name)
        decision = made(number, action, str(number), follows=number - 1 if number else None)
        decisions.append(decision)
        if action is not Action.UNDO:
            stack.append(decision)
        elif stack:
            stack.pop()
    if decisions:
        (chain,) = chains_of(decisions)
        assert chain.standing == (stack[-1] if stack else None)
        assert chain.head == decisions[-1]


def test_two_desks_that_met_make_a_dispute_unless_they_agree() -> None:
    assert status_of(made(1, after="≥3次"), made(2, after="≥4次", by="乙")) is Status.DISPUTED
    assert status_of(made(1, after="≥3次"), made(2, after="≥3次", by="乙")) is Status.CORRECTED
    assert (
        status_of(made(1), made(2, Action.UNDO, follows=1), made(3, after="≥4次", by="乙"))
        is Status.CORRECTED
    )


# ------------------------------------------------------------------------------------------- another reading


def moved(item: Item, dx: float, dy: float) -> Item:
    places = []
    for place in item.places:
        x0, y0, x1, y1 = place.box
        places.append(type(place)(place.page, (x0 + dx, y0 + dy, x1 + dx, y1 + dy), place.row + 3, place.col))
    return type(item)(**{f: getattr(item, f) for f in item.__dataclass_fields__} | {"places": tuple(places)})


def test_a_decision_follows_its_cell_when_rows_are_counted_otherwise() -> None:
    items = tuple(moved(item, 2, -3) for item in ITEMS)
    assert status_of(made(1), items=items) is Status.CORRECTED


def test_a_decision_never_goes_to_the_next_row() -> None:
    items = tuple(moved(item, 0, 20) for item in ITEMS if item.role == "indicator.value_text")
    reviewed = stand(items, [made(1)])
    decided = [s for s in reviewed.standings if s.status is not Status.PENDING]
    assert all(s.status is Status.CHANGED for s in decided)
    assert all(s.text == s.item.machine for s in reviewed.standings)


def test_a_cell_that_shares_little_with_the_decided_one_is_another_cell() -> None:
    items = tuple(moved(item, 0, 12) for item in ITEMS if item.key == ITEM.key)
    reviewed = stand(items, [made(1)])
    assert [s.status for s in reviewed.standings] == [Status.PENDING]
    assert [orphan.uid for orphan in reviewed.orphans] == [made(1).uid]


def test_a_decision_about_a_cell_of_another_role_is_shown_and_not_applied() -> None:
    cell = made(1, role="cell.text")
    reviewed = stand(ITEMS, [cell])
    (found,) = [s for s in reviewed.standings if s.item.key == ITEM.key]
    assert (found.status, found.text) == (Status.CHANGED, "≥8次")


# --------------------------------------------------------------------------------------------------- store


@pytest.fixture
def store(tmp_path: Path) -> ReviewStore:
    return ReviewStore(tmp_path)


def test_what_was_added_is_there_after_the_store_was_opened_again(tmp_path: Path) -> None:
    with ReviewStore(tmp_path) as store:
        store.add(made(1))
        store.add(made(2, Action.FLAG, follows=1))
    with ReviewStore(tmp_path) as store:
        assert store.decisions(DOCUMENT.source.sha256) == [made(1), made(2, Action.FLAG, follows=1)]
        assert store.documents() == {DOCUMENT.source.sha256: 2}
        assert store.people() == {"甲": 2}


def test_a_decision_must_follow_the_last_one(store: ReviewStore) -> None:
    store.add(made(1))
    with pytest.raises(Superseded) as first:
        store.add(made(2, by="乙"))  # it saw nothing
    assert first.value.current == made(1)
    store.add(made(3, follows=1))
    with pytest.raises(Superseded) as second:
        store.add(made(4, follows=1, by="乙"))  # it saw the first one only
    assert second.value.current.uid == made(3).uid
    store.add(made(5, Action.UNDO, follows=3))


def test_of_many_who_decide_at_once_exactly_one_is_first(tmp_path: Path) -> None:
    """Threads of one desk, and desks of their own on the same file."""
    shared = ReviewStore(tmp_path)
    stores = [shared, shared, ReviewStore(tmp_path), ReviewStore(tmp_path)]
    refused: list[int] = []
    start = threading.Barrier(len(stores))

    def decide(number: int, store: ReviewStore) -> None:
        start.wait()
        try:
            store.add(made(number, by=str(number)))
        except Superseded:
            refused.append(number)

    threads = [threading.Thread(target=decide, args=(n, s)) for n, s in enumerate(stores, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == len(stores) - 1
    assert len(shared.decisions(DOCUMENT.source.sha256)) == 1


def test_the_log_is_never_changed_only_added_to(tmp_path: Path) -> None:
    with ReviewStore(tmp_path) as store:
        store.add(made(1))
        store.add(made(2, Action.UNDO, follows=1))
        assert [d.action for d in store.all_decisions()] == [Action.CORRECT, Action.UNDO]


def test_a_database_of_another_version_is_refused(tmp_path: Path) -> None:
    ReviewStore(tmp_path).close()
    connection = sqlite3.connect(tmp_path / STORE_NAME)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(OutputError, match="another version"):
        ReviewStore(tmp_path)


def test_a_damaged_database_is_an_output_error_and_stays(tmp_path: Path) -> None:
    (tmp_path / STORE_NAME).write_bytes(b"this is no database " * 100)
    with pytest.raises(OutputError):
        ReviewStore(tmp_path)
    assert (tmp_path / STORE_NAME).read_bytes().startswith(b"this is no database")


def test_who_works_on_what_is_forgotten_after_a_while(
    store: ReviewStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("goaltables.pipeline.review.store.time.time", lambda: now[0])
    assert store.take("a" * 64, "one", "甲") == []
    assert store.take("a" * 64, "two", "乙") == ["甲"]
    assert store.taken() == {"a" * 64: ["乙", "甲"]} or store.taken() == {"a" * 64: ["甲", "乙"]}
    now[0] += 1000
    assert store.taken() == {}
    assert store.take("a" * 64, "two", "乙") == []


def test_the_dataset_is_told_of_decisions_it_does_not_know(store: ReviewStore) -> None:
    assert store.not_exported == 0
    store.add(made(1))
    assert store.not_exported == 1
    store.exported()
    assert store.not_exported == 0


# ------------------------------------------------------------------------------------------------- exchange

NAMES = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"]),
    min_size=1,
    max_size=20,
)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(by=NAMES, text=st.text(max_size=40), note=st.text(max_size=20))
def test_a_decision_is_the_same_after_a_line_of_jsonl(by: str, text: str, note: str) -> None:
    text, note = text.encode("utf-8", "replace").decode(), note.encode("utf-8", "replace").decode()
    decision = made(1, after=text, by=by, note=note, machine=text)
    line = decision.model_dump_json()
    assert "\n" not in line
    assert Decision.model_validate_json(line) == decision


def test_export_and_import_meet_and_do_nothing_twice(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with ReviewStore(tmp_path / "one") as one, ReviewStore(tmp_path / "two") as two:
        one.add(made(1))
        two.add(made(2, after="≥4次", by="乙"))
        file = tmp_path / "one.jsonl"
        file.write_text("".join(lines_of(one)), encoding="utf-8")
        assert take_in_file(two, file) == (1, 0)
        assert take_in_file(two, file) == (0, 1)
        assert status_of(*two.decisions(DOCUMENT.source.sha256)) is Status.DISPUTED
        # A dispute is settled by deciding again after the later of the two.
        two.add(made(3, after="≥3次", follows=2))
        assert status_of(*two.decisions(DOCUMENT.source.sha256)) is Status.CORRECTED


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "no json",
        '{"uid": "x"}',
        made(1).model_dump_json().replace('"correct"', '"delete"'),
        made(1).model_dump_json().replace(DOCUMENT.source.sha256, "../../etc/passwd"),
        made(1).model_dump_json()[:-1] + ', "sql": "DROP TABLE"}',
    ],
)
def test_a_line_that_is_no_decision_takes_nothing_in(tmp_path: Path, store: ReviewStore, line: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(made(2).model_dump_json() + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match="line 2"):
        take_in_file(store, file)
    assert list(store.all_decisions()) == []


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "\u202eevil", "x" * 81])
def test_a_name_is_a_printable_text(name: str) -> None:
    with pytest.raises(ValidationError):
        Decision.model_validate(made(1).model_dump() | {"by": name})


def test_the_record_itself_holds_no_trace_of_decisions() -> None:
    assert "review_" not in Document.model_json_schema()["properties"]
