"""A tool in a process of its own, asked for one file at a time."""

from __future__ import annotations

import json
import os
import select
import subprocess
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TypeAlias

from goaltables.pipeline.bench.peers import Tool

HARNESS: Final = Path(__file__).parent / "tools" / "harness.py"
# One thread each: CPU seconds of waiting threads would be charged to the tool.
ONE_THREAD: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
ANSWER_SECONDS = 1800.0
CLOSE_SECONDS = 10.0

Answer: TypeAlias = dict[str, Any]  # harness.py describes it


class ToolProcess:
    """Starts the tool when it is made; `start` is what its start said. A failure is an answer, never raised.

    A tool that died, or gave no answer in time, is started again for the next file.
    """

    def __init__(self, tool: Tool, python: Path) -> None:
        self._command = [str(python), str(HARNESS), tool.entry]
        self._process: subprocess.Popen[str] | None = None
        self.start = self._begin()

    def __enter__(self) -> ToolProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def ask(self, file: Path) -> Answer:
        """What the tool reads of `file`, and what that cost."""
        if self._process is None:
            self._begin()
        process = self._process
        if process is None or process.stdin is None:
            return self.start
        try:
            process.stdin.write(json.dumps({"file": str(file)}) + "\n")
            process.stdin.flush()
        except BrokenPipeError:
            return self._lost()
        return self._answer()

    def _begin(self) -> Answer:
        self._process = subprocess.Popen(  # noqa: S603
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | ONE_THREAD,
        )
        return self._answer()

    def _answer(self) -> Answer:
        stdout = self._process.stdout if self._process else None
        if stdout is None or not select.select([stdout], [], [], ANSWER_SECONDS)[0]:
            return self._lost()
        line = stdout.readline()
        answer: Answer = json.loads(line) if line.endswith("\n") else self._lost()
        return answer

    def _lost(self) -> Answer:
        code = self._end()
        return {"error": f"the process ended ({code})"}

    def _end(self) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        if process.stdin is not None:
            with suppress(BrokenPipeError):
                process.stdin.close()
        try:
            code = process.wait(timeout=CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        if process.stdout is not None:
            process.stdout.close()
        return code
