"""The steps of documents in hand, worked by made-up workers that answer, fail and die in any order."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.pipeline.batch.executor import Event, Failed, Finished, PageDone, Task
from goaltables.pipeline.batch.ledgers.entry import Counts
from goaltables.pipeline.batch.pool import workload
from goaltables.pipeline.batch.pool.in_hand import DocumentInHand, Step
from goaltables.pipeline.batch.pool.workload import Workload
from goaltables.pipeline.page_outcome import Failure

CRASH = Failure("crash", "on purpose")
DAMAGED = Failure("malformed", "on purpose")
COUNTS = Counts("ok", None)
ENOUGH = 1_000_000


def task(name: str) -> Task:
    return Task(f"{name}.json", name.encode(), name)


def facts(task: Task, pages: int) -> dict[str, object]:
    return {"sha256": task.shown, "size": 1, "media_type": "application/pdf", "page_count": pages}


@dataclass(eq=False)
class Worker:
    """As the pool's slots: what is open, what is being done."""

    document: DocumentInHand | None = None
    step: Step | None = None

    def leave(self) -> None:
        if self.document is not None:
            self.document.readers -= 1
            self.document = None

    def take(self, work: Workload) -> None:
        step = work.next_page(self.document) if self.document is not None else None
        if step is None:
            self.leave()
            step = work.first_step(0.0)
        if step is not None:
            work.begin(step)
            if step.name == "open":
                self.document = step.document
            self.step = step


def answer(work: Workload, worker: Worker, pages: int) -> None:
    """The step went well."""
    step, worker.step = worker.step, None
    assert step is not None
    if step.document.is_over:
        return
    match step.name:
        case "open":
            assert step.document.opened(facts(step.document.task, pages), "state", 0.0)
        case "read":
            work.page_read(step, b"x")
        case _:
            work.made(step, b"record", COUNTS, "state")


def fail(work: Workload, worker: Worker) -> None:
    """The worker lives and says that it could not."""
    step, worker.step = worker.step, None
    assert step is not None
    if step.document.is_over:
        return
    if step.name == "open":
        worker.leave()
    work.failed(step, DAMAGED)


def die(work: Workload, worker: Worker) -> None:
    """The worker is gone; another comes in its place."""
    step, worker.step = worker.step, None
    worker.leave()
    if step is not None and not step.document.is_over:
        work.died(step, CRASH)


def run(work: Workload, workers: int, pages: dict[str, int], fates: st.DataObject | None) -> list[Event]:
    """Work until nothing is in hand; `fates` says how each step ends, None: well."""
    hands = [Worker() for _ in range(workers)]
    events: list[Event] = []
    for _ in range(2_000):
        if not len(work):
            break
        for worker in hands:
            if worker.step is None:
                worker.take(work)
        busy = [worker for worker in hands if worker.step is not None]
        assert busy, "documents are in hand and nobody has anything to do"
        making = [id(worker.step.document) for worker in busy if worker.step and worker.step.name == "make"]
        assert len(making) == len(set(making)), "two workers make one record"
        worker = fates.draw(st.sampled_from(busy)) if fates else busy[0]
        fate = (
            fates.draw(st.sampled_from(("answer", "answer", "answer", "fail", "die"))) if fates else "answer"
        )
        assert worker.step is not None
        if fate == "answer":
            answer(work, worker, pages[worker.step.document.task.shown])
        else:
            (fail if fate == "fail" else die)(work, worker)
        events += work.events()
    assert not len(work)
    return events


@settings(derandomize=True)
@given(st.integers(1, 4), st.lists(st.integers(1, 5), min_size=1, max_size=4), st.data())
def test_every_document_ends_once_and_every_page_before_it(
    workers: int, page_counts: list[int], fates: st.DataObject
) -> None:
    pages = {f"{number}.pdf": count for number, count in enumerate(page_counts)}
    work = Workload(ENOUGH)
    for name in pages:
        work.add(task(name))
    with contextlib.closing(work):  # an example may be given up in the middle
        events = run(work, workers, pages, fates)
    ends = [event for event in events if not isinstance(event, PageDone)]
    assert Counter(event.task.shown for event in ends) == dict.fromkeys(pages, 1)
    done = Counter((e.task.shown, e.page) for e in events if isinstance(e, PageDone))
    assert max(done.values(), default=1) == 1
    for end in ends:
        read = [e for e in events if isinstance(e, PageDone) and e.task is end.task]
        if isinstance(end, Finished):
            assert {e.page for e in read} == set(range(1, pages[end.task.shown] + 1))
            assert end.pages == sum(e.failure is None for e in read)
            assert events.index(end) > max(map(events.index, read))
        else:
            assert end.failure in (CRASH, DAMAGED)


def test_what_goes_well_is_read_whole() -> None:
    work = Workload(ENOUGH)
    work.add(task("a"))
    events = run(work, 1, {"a": 3}, None)
    assert [type(event) for event in events] == [PageDone, PageDone, PageDone, Finished]


def opened(work: Workload, name: str, pages: int) -> Worker:
    """A worker that has the document open."""
    worker = Worker()
    work.add(task(name))
    worker.take(work)
    answer(work, worker, pages)
    return worker


def test_a_document_that_kills_its_readers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workload, "MAX_DEATHS", 2)
    work = Workload(ENOUGH)
    worker = opened(work, "a", 5)
    for _ in range(2):
        worker.take(work)
        if worker.step is not None and worker.step.name == "open":
            answer(work, worker, 5)
            worker.take(work)
        die(work, worker)
    failures = {e.page: e.failure for e in work.events() if isinstance(e, PageDone)}
    assert [failures[page] == CRASH for page in (1, 2)] == [True, True]
    assert {failure.message for page, failure in failures.items() if page > 2 and failure} == {
        "not tried: 2 pages before it had ended their reader"
    }
    worker.take(work)
    assert worker.step is not None
    assert worker.step.name == "make"
    work.close()


def test_pages_that_are_longer_than_a_record_fail_their_document() -> None:
    work = Workload(0)
    worker = opened(work, "a", 2)
    worker.take(work)
    answer(work, worker, 2)
    _, end = work.events()
    assert isinstance(end, Failed)
    assert (end.failure.error_class, end.sha256, len(work)) == ("limit", "a", 0)


def test_a_document_that_is_given_up_is_told_of_no_more() -> None:
    work = Workload(ENOUGH)
    worker = opened(work, "a", 2)
    worker.take(work)
    assert worker.document is not None
    work.drop(worker.document.task)
    answer(work, worker, 2)
    assert (len(work), list(work.events())) == (0, [])


def test_who_only_helps_goes_where_a_document_waits() -> None:
    work = Workload(ENOUGH)
    worker = opened(work, "long", 9)
    assert worker.document is not None
    worker.document.readers += 1  # another reads it, too
    assert work.next_page(worker.document) is not None
    work.add(task("waits"))
    assert work.next_page(worker.document) is None
    work.close()


def test_a_spent_worker_opens_nothing_and_still_makes_records() -> None:
    work = Workload(ENOUGH)
    work.add(task("waits"))
    assert work.first_step(0.0, is_spent=True) is None
    reader = Worker()
    reader.take(work)
    answer(work, reader, 1)
    reader.take(work)
    answer(work, reader, 1)
    step = work.first_step(0.0, is_spent=True)
    assert step is not None
    assert step.name == "make"
    work.close()
