"""Signals: noted while a write is in hand, at once while long work may be broken off."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from goaltables.pipeline.batch.interruption import Interrupted, StopRequest


def send(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_noted_and_nothing_is_broken_off(number: signal.Signals) -> None:
    with StopRequest() as stop:
        assert not stop
        send(number)
        assert stop
        assert stop.signum == number


def test_breakable_work_is_broken_off_at_once_and_only_there() -> None:
    with StopRequest() as stop:
        with pytest.raises(Interrupted), stop.breakable():
            send(signal.SIGTERM)
        send(signal.SIGTERM)
        with pytest.raises(Interrupted), stop.breakable():
            pytest.fail("begun though the stop was asked for before")


def test_the_old_handlers_come_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)]
    with StopRequest():
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)] == before


def test_a_scheduler_that_ignores_children_does_not_hide_how_they_end() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        with StopRequest():
            assert signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_outside_the_main_thread_nothing_is_changed() -> None:
    seen: list[object] = []

    def work() -> None:
        with StopRequest() as stop:
            seen.append(bool(stop))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [False]
