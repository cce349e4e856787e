"""Run one tool in this process: ``python harness.py MODULE:BUILD``.

Files come in on stdin, answers go out on stdout, both as lines of JSON. First comes ``{"version", "cpu",
"peak_mb"}``: imports and models, CPU seconds since the process began. Then for each ``{"file"}`` one answer,
``{"cpu", "peak_mb", ...what the tool read}`` or ``{"error", "cpu"}``.
"""

import importlib
import json
import os
import resource
import sys
from pathlib import Path


def cpu_seconds() -> float:
    """CPU seconds of this process, its threads and its finished children."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def peak_megabytes() -> float:
    """Of this process since it was started, or of its largest child.

    Not from getrusage: what the parent held when it forked counts there.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    own = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(int(own.split()[1]), children) / 1024


def main(tool: str) -> None:
    # Libraries that print must not be taken for answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(**content: object) -> None:
        answers.write(json.dumps(content) + "\n")
        answers.flush()

    module, _, build = tool.partition(":")
    version, read = getattr(importlib.import_module(module), build)()
    answer(version=version, cpu=cpu_seconds(), peak_mb=peak_megabytes())
    for line in sys.stdin:
        began = cpu_seconds()
        try:
            content = read(json.loads(line)["file"])
        except Exception as error:  # whatever a foreign tool raises is its answer
            answer(error=f"{type(error).__name__}: {error}", cpu=cpu_seconds() - began)
        else:
            answer(cpu=cpu_seconds() - began, peak_mb=peak_megabytes(), **content)


if __name__ == "__main__":
    main(sys.argv[1])
