"""Reading one document of OUT again, as digitize would, with what people gave for its pages.

Runs as ``python -m goaltables.pipeline.review.rereading`` in a process of its own, so that the desk stays
small and answers meanwhile: what it is to do comes in on stdin, what came of it is its exit code and the end
of its stderr.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from goaltables.errors import GoalTablesError, OutputBusy
from goaltables.pipeline.messages import use_language
from goaltables.pipeline.review.given import given_pages
from goaltables.pipeline.review.place import Place

MODULE: Final = "goaltables.pipeline.review.rereading"
STDERR_CHARACTERS: Final = 300


@dataclass(frozen=True, slots=True)
class Job:
    """A record of OUT to be made again from the file at `path`."""

    place: Place
    record: str
    path: bytes
    shown: str
    language: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: ``done``, ``later`` (another run holds OUT and will do it), or ``failed`` with a
    reason.
    """

    state: str
    reason: str = ""


def read_again(job: Job) -> Outcome:
    """Do the job in a process of its own, and wait for it."""
    done = subprocess.run(  # noqa: S603 - our own module under our own interpreter
        [sys.executable, "-P", "-m", MODULE],
        input=pickle.dumps(job),
        capture_output=True,
        start_new_session=True,
        check=False,
    )
    if done.returncode == 0:
        return Outcome("done")
    if done.returncode == OutputBusy.exit_code:
        return Outcome("later")
    return Outcome("failed", done.stderr.decode("utf-8", "backslashreplace").strip()[-STDERR_CHARACTERS:])


def main() -> int:
    """The process: the job from stdin."""
    job: Job = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - from the desk that started us
    use_language(job.language)
    try:
        _run(job)
    except GoalTablesError as error:
        sys.stderr.write(str(error))
        return error.exit_code
    return 0


def _run(job: Job) -> None:
    from goaltables.pipeline.batch.progress import SilentProgress
    from goaltables.pipeline.batch.runner import run
    from goaltables.pipeline.batch.sources.inputs import Input, InputList

    out = job.place.out
    inputs = InputList((Input(job.path, job.shown, job.record),), (), {})
    reading = replace(job.place.reading, given=given_pages(out))
    running = replace(job.place.running, workers=1)
    run([Path(os.fsdecode(job.path))], out, reading, running, SilentProgress(), inputs=inputs)


if __name__ == "__main__":
    sys.exit(main())
