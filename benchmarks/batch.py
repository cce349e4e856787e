"""What the batch costs and how it grows: two workers against one, a Dask cluster against the local pool, a
night in which nothing changed, a thousand pages through one worker.

Everything is made from fixtures/. What is compared runs by turns, so that a machine that is busy with other
things is busy for both. "CPU s a page" (of all processes) does not depend on what else runs: where it stays
the same with two workers, an idle machine of two processors reads twice as much.

    python benchmarks/batch.py workers     1 worker, 2 workers
    python benchmarks/batch.py cluster     local pool of 2, one Dask worker with 2 threads (extra dask)
    python benchmarks/batch.py unchanged   a run over 1,000 files of which none changed
    python benchmarks/batch.py long        memory and descriptors over 1,000 pages
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pikepdf

from goaltables.pipeline.batch.progress import SilentProgress
from goaltables.pipeline.batch.runner import run
from goaltables.pipeline.settings import ReadSettings, RunSettings

DOCUMENTS = Path(__file__).resolve().parents[1] / "fixtures" / "documents"
SCAN = "project_page.png"
DIGITAL = ("project_digital.pdf", "transfer_evaluation.pdf")
PAGES_OF_A_DOCUMENT = 10
WARM_PAGES = 100  # after which every library has what it keeps
NEVER = 1_000_000


@dataclass(frozen=True)
class Run:
    """How long a batch took; `cpu` of this process, its workers, and those of a cluster it was given."""

    pages: int
    wall: float
    cpu: float

    @property
    def pages_a_second(self) -> float:
        return self.pages / self.wall

    @property
    def cpu_a_page(self) -> float:
        return self.cpu / self.pages


def scans(folder: Path, count: int) -> Path:
    """So many documents of one scanned page, of different bytes: the same content would be read once."""
    folder.mkdir()
    data = (DOCUMENTS / SCAN).read_bytes()
    for number in range(count):
        (folder / f"{number:04}.png").write_bytes(data + b"%d" % number)
    return folder


def timed(inputs: Path, settings: RunSettings, others: list[int]) -> Run:
    """Read a folder into a fresh OUT; `others` are processes whose CPU seconds count as well."""
    with tempfile.TemporaryDirectory() as out:
        started, used = time.monotonic(), cpu_seconds(others)
        summary = run([inputs], Path(out, "out"), ReadSettings(), settings, SilentProgress())
        assert not summary.failed, summary.failed
        return Run(summary.pages, time.monotonic() - started, cpu_seconds(others) - used)


def cpu_seconds(others: list[int]) -> float:
    """Used so far by this process, the children it has seen end, and others with their descendants."""
    own = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    ticks = 0
    for pid in others:
        for process in (pid, *descendants(pid)):
            # utime, stime, and both of the children that ended
            ticks += sum(int(field) for field in _stat(process)[11:15])
    return sum(one.ru_utime + one.ru_stime for one in own) + ticks / os.sysconf("SC_CLK_TCK")


def descendants(pid: int) -> list[int]:
    """Of all its threads."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text(encoding="ascii").split():
                found += [int(child), *descendants(int(child))]
    return found


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name; zeros for a process that has gone."""
    with contextlib.suppress(OSError):
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        )
    return ["0"] * 50


def side_by_side(inputs: Path, kinds: dict[str, RunSettings], rounds: int, others: list[int]) -> None:
    """Run each kind by turns; a table of the rounds, and the ratio of the second kind to the first."""
    first, second = kinds
    print(f"| round | {first}, pages/s | {second}, pages/s | ratio | CPU s a page | CPU s a page | ratio |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    ratios, cpu_ratios = [], []
    for number in range(1, rounds + 1):
        order = (first, second) if number % 2 else (second, first)
        runs = {name: timed(inputs, kinds[name], others) for name in order}
        one, two = runs[first], runs[second]
        ratios.append(two.pages_a_second / one.pages_a_second)
        cpu_ratios.append(one.cpu_a_page / two.cpu_a_page)
        print(
            f"| {number} | {one.pages_a_second:.3f} | {two.pages_a_second:.3f} | {ratios[-1]:.2f} "
            f"| {one.cpu_a_page:.2f} | {two.cpu_a_page:.2f} | {cpu_ratios[-1]:.2f} |",
            flush=True,
        )
    print(f"| median | | | {statistics.median(ratios):.2f} | | | {statistics.median(cpu_ratios):.2f} |")


def workers(folder: Path, pages: int, rounds: int) -> None:
    kinds = {"1 worker": RunSettings(workers=1), "2 workers": RunSettings(workers=2)}
    side_by_side(scans(folder / "in", pages), kinds, rounds, [])


def cluster(folder: Path, pages: int, rounds: int) -> None:
    with running_cluster(folder / "dask") as (address, processes):
        local, dask = RunSettings(workers=2), RunSettings(executor=address)
        kinds = {"local pool of 2": local, "Dask worker of 2": dask}
        side_by_side(scans(folder / "in", pages), kinds, rounds, processes)


@contextlib.contextmanager
def running_cluster(folder: Path) -> Iterator[tuple[str, list[int]]]:
    """A scheduler and a Dask worker of two threads on loopback: the address, the process ids."""
    folder.mkdir()
    file = folder / "scheduler.json"
    log = (folder / "log").open("wb")
    command = [sys.executable, "-m", "dask"]
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    worker = ["worker", "--nthreads", "2", "--no-nanny", "--no-dashboard", "--memory-limit", "0"]
    places = ["--scheduler-file", str(file)]
    with contextlib.ExitStack() as stack:
        started: list[subprocess.Popen[bytes]] = []
        stack.enter_context(log)
        for arguments in (scheduler, [*worker, "--local-directory", str(folder)]):
            process = subprocess.Popen([*command, *arguments, *places], stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            started.append(process)
            while not file.exists():
                time.sleep(0.1)
        time.sleep(5)  # until the worker is there; the run would wait for it
        address = json.loads(file.read_text(encoding="utf-8"))["address"].replace("tcp://", "dask://")
        yield address, [process.pid for process in started]


def unchanged(folder: Path, files: int, rounds: int) -> None:
    """As a person runs it: the command, in a process of its own, over files that are done."""
    inputs = folder / "in"
    inputs.mkdir()
    for number in range(files):
        shutil.copyfile(DOCUMENTS / "seed_dump.txt", inputs / f"{number:05}.txt")
    command = [sys.executable, "-m", "goaltables", "digitize", str(inputs), "--out", str(folder / "out")]
    subprocess.run(command, check=True, capture_output=True)
    print("| round | wall s | CPU s |\n|---|---:|---:|")
    for number in range(1, rounds + 1):
        started = time.monotonic()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        told = subprocess.run([*command, "--summary", "-"], check=True, capture_output=True)
        wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        assert json.loads(told.stdout)["unchanged"] == files
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"| {number} | {wall:.2f} | {cpu:.2f} |", flush=True)


class Watch(SilentProgress):
    """Notes memory and descriptors of the leading process and of its worker after each page."""

    def __init__(self) -> None:
        self.samples: list[tuple[float, float, int, int]] = []

    def page_done(self, shown: str, page: int, page_count: int) -> None:  # noqa: ARG002
        _, worker = descendants(os.getpid())  # the process that workers are forked from, and the one worker
        numbers = [descriptors(pid) for pid in (os.getpid(), worker)]
        self.samples.append((resident_mib(os.getpid()), resident_mib(worker), *numbers))


def resident_mib(pid: int) -> float:
    with contextlib.suppress(OSError):
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return 0.0


def descriptors(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def long(folder: Path, pages: int) -> None:
    """One worker that is never replaced."""
    inputs = folder / "in"
    inputs.mkdir()
    for number in range(pages // PAGES_OF_A_DOCUMENT):
        (inputs / f"{number:04}.pdf").write_bytes(document(number))
    watch = Watch()
    settings = RunSettings(workers=1, recycle_after=NEVER)
    summary = run([inputs], folder / "out", ReadSettings(), settings, watch)
    assert (summary.pages, len(watch.samples)) == (pages, pages)
    samples = np.array(watch.samples)
    print(f"pages {WARM_PAGES} to {pages}\n")
    print("| process | MiB at first | MiB at last | slope, MiB a page | descriptors first | last |")
    print("|---|---:|---:|---:|---:|---:|")
    rest = samples[WARM_PAGES:]
    for name, memory, number in (("leading", 0, 2), ("worker", 1, 3)):
        slope = np.polyfit(np.arange(len(rest)), rest[:, memory], 1)[0]
        first, last = rest[0], rest[-1]
        print(
            f"| {name} | {first[memory]:.0f} | {last[memory]:.0f} | {slope:.4f} "
            f"| {first[number]:.0f} | {last[number]:.0f} |"
        )


def document(number: int) -> bytes:
    """A digital document of ten pages, of other bytes for each number."""
    with pikepdf.new() as made, contextlib.ExitStack() as stack:
        sources = [stack.enter_context(pikepdf.open(DOCUMENTS / name)) for name in DIGITAL]
        for page in range(PAGES_OF_A_DOCUMENT):
            made.pages.append(sources[page % len(sources)].pages[0])
        made.docinfo["/Title"] = str(number)
        made.save(target := io.BytesIO())
    return target.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=("workers", "cluster", "unchanged", "long"))
    parser.add_argument("--pages", type=int, help="pages to read (16, 16, -, 1000)")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="goaltables-") as name:
        folder = Path(name)
        match asked.part:
            case "workers":
                workers(folder, asked.pages or 16, asked.rounds)
            case "cluster":
                cluster(folder, asked.pages or 16, asked.rounds)
            case "unchanged":
                unchanged(folder, asked.files, asked.rounds)
            case _:
                long(folder, asked.pages or 1000)


if __name__ == "__main__":
    main()
