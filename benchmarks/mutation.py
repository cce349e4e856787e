"""Whether the tests of ``normalizers`` notice when its code is wrong: a run over a sample of mutants.

    pip install cosmic-ray
    python -m benchmarks.mutation [--room ROOM]… [--sample N] [--seed N] [--out FILE] [--again FILE]

A mutant is the code with one operator, number or word of control changed (by cosmic-ray). Places are drawn at
random in each room, and one mutant at each place, so that a ``+`` that can become ten other things weighs as
much as an ``and``. A mutant that no test notices *survives*. The survivors of the last run, and why they were
left, are in docs/testing.md; ``--again`` tries the survivors of a results file once more.

Each mutant lives in a forked process only, where its module is imported from the changed text: no file is
touched. The tests that go through the changed line come first, quickest first, then the others of its module.
Not counted as mutants: changes of annotations (nothing evaluates them), of ``==`` into ``is``, and taking
away ``@cache`` (the same result, later).
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib.util
import io
import json
import math
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("OMP_NUM_THREADS", "1")

import coverage
import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = ROOT / "normalizers"
TESTS: Final = "tests/normalizers"
ROOMS: Final = ("values", "names", "checking", "understanding", "rereading", ".")
# The fixtures in conftest.py are for the tests of other folders, and long to load.
PYTEST: Final = ("-q", "--noconftest", "-p", "no:cacheprovider")
# A test may take this much longer on a mutant, and then some seconds, before that counts as noticed.
SLOWER, GRACE_SECONDS = 5.0, 10.0
_NO_MUTANT = re.compile(r"_(Eq|NotEq|Lt|LtE|Gt|GtE)_Is(Not)?$|_Is_(Eq|LtE|GtE)$|_IsNot_NotEq$|Variable")


_ONLY_FASTER = ("@cache", "@lru_cache")
# Looks at the module itself, and goes through none of its lines.
_OF_EVERY_MODULE = f"{TESTS}/test_records_are_frozen.py::test_records_are_frozen_and_have_slots"


@dataclass(frozen=True, slots=True)
class Mutant:
    module: str  # path below normalizers/
    operator: str
    occurrence: int
    line: int
    before: str
    after: str

    @property
    def path(self) -> Path:
        return PACKAGE / self.module

    def source(self) -> str:
        changed = _mutated(self.path.read_text(encoding="utf-8"), self.operator, self.occurrence)
        assert changed is not None, self
        return changed


@dataclass(frozen=True, slots=True)
class Tests:
    """What a run of all tests without a mutant showed."""

    seconds: dict[str, float]  # test function -> all its cases
    lines: dict[str, dict[int, set[str]]]  # module -> line -> test functions that go through it

    def of(self, mutant: Mutant) -> list[str]:
        through = self.lines.get(mutant.module, {})
        there = through.get(mutant.line, set())
        anywhere = {_OF_EVERY_MODULE}.union(*through.values())
        return sorted(anywhere, key=lambda test: (test not in there, self.seconds.get(test, 0.0)))


def _mutated(source: str, operator: str, occurrence: int) -> str | None:
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    changed: str | None = mutate_code(source, get_operator(operator)(), occurrence)
    return changed


def drawn(room: str, sample: int, seed: int) -> list[Mutant]:
    """At most `sample` mutants of a room, each at another place."""
    rng = random.Random(f"{seed}:{room}")  # noqa: S311 - a sample, no secret
    places: dict[tuple[str, Any, Any], list[tuple[str, int]]] = defaultdict(list)
    for path in sorted((PACKAGE / room).glob("*.py")):
        for place, mutation in _mutations(path.read_text(encoding="utf-8")):
            places[(path.relative_to(PACKAGE).as_posix(), *place)].append(mutation)
    mutants: list[Mutant] = []
    for place in rng.sample(sorted(places), len(places)):
        if len(mutants) == sample:
            break
        module, (line, _), _ = place
        source = (PACKAGE / module).read_text(encoding="utf-8")
        operator, occurrence = rng.choice(places[place])
        changed = _mutated(source, operator, occurrence)
        if changed is None or _meaning(changed) in (None, _meaning(source)):
            continue
        pairs = zip(source.splitlines(), changed.splitlines(), strict=False)
        before, after = next((a.strip(), b.strip()) for a, b in pairs if a != b)
        if not source.splitlines()[line - 1].strip().startswith(_ONLY_FASTER):
            mutants.append(Mutant(module, operator, occurrence, line, before, after))
    return mutants


def _mutations(source: str) -> Iterator[tuple[tuple[Any, Any], tuple[str, int]]]:
    """Each place of the source (start, end) with what may be done there (operator, occurrence)."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    tree = get_ast(source)
    for name in operator_names():
        if _NO_MUTANT.search(name):
            continue
        operator = get_operator(name)()
        found = (place for node in ast_nodes(tree) for place in operator.mutation_positions(node))
        for occurrence, place in enumerate(found):
            yield tuple(place[:2]), (name, occurrence)


def _meaning(source: str) -> str | None:
    """The program without annotations; None where it is none."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign):
            node.annotation = ast.Constant(None)
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    return ast.dump(tree)


class _Watch:
    """A pytest plugin: tells coverage which test runs, and keeps how long it took."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self._measured = measured
        self.seconds: dict[str, float] = defaultdict(float)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        start = time.monotonic()
        test = item.nodeid.partition("[")[0]
        self._measured.switch_context(test)
        try:
            return (yield)
        finally:
            self.seconds[test] += time.monotonic() - start


class _Hurry:
    """A pytest plugin: the process is ended (SIGALRM) when loading or a test takes far longer than usual."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self._seconds = seconds
        signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        usual = self._seconds[item.nodeid.partition("[")[0]]
        signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS + SLOWER * usual)


def watched() -> Tests:
    """Runs the tests once, in a forked process: how long each takes, and which go through each line."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)

        def run() -> int:
            measured = coverage.Coverage(str(place / "lines"), source=[str(PACKAGE)], config_file=False)
            watch = _Watch(measured)
            with measured.collect():
                code = pytest.main([*PYTEST, TESTS], plugins=[watch])
            measured.save()
            (place / "seconds.json").write_text(json.dumps(watch.seconds), encoding="utf-8")
            return code

        if _ended(_forked(run)) != 0:
            raise SystemExit(f"{TESTS} fail without any mutant")
        seconds = json.loads((place / "seconds.json").read_text(encoding="utf-8"))
        data = coverage.CoverageData(str(place / "lines"))
        data.read()
        lines = {
            Path(file).relative_to(PACKAGE).as_posix(): {
                line: {test for test in tests if test}
                for line, tests in data.contexts_by_lineno(file).items()
            }
            for file in data.measured_files()
        }
    return Tests(seconds, lines)


def survives(mutant: Mutant, tests: Tests) -> bool:
    """Whether no test notices the mutant: they pass, in about their time."""
    chosen = tests.of(mutant)
    source = mutant.source()

    def run() -> int:
        sys.meta_path.insert(0, _Changed(mutant.path, source))
        return pytest.main([*PYTEST, "-x", *chosen], plugins=[_Hurry(tests.seconds)])

    return _ended(_forked(run)) == pytest.ExitCode.OK


def _forked(run: Callable[[], int]) -> int:
    """Starts `run` in a process of its own that has loaded nothing of ours yet, and prints nothing."""
    child = os.fork()
    if child == 0:
        code = 70
        with contextlib.suppress(BaseException):
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, 1)
            os.dup2(nothing, 2)
            code = run()
        os._exit(code)
    return child


def _ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _load_libraries() -> None:
    """Loads what the tests need from elsewhere, so that each forked process has it; nothing of ours."""
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main([*PYTEST, "--collect-only", TESTS])
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name.startswith("goaltables") or (file and Path(file).is_relative_to(ROOT / "tests")):
            del sys.modules[name]


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share."""
    if whole == 0:
        return 0.0, 1.0
    z, share = 1.96, part / whole
    middle = share + z * z / (2 * whole)
    spread = z * math.sqrt(share * (1 - share) / whole + (z / whole / 2) ** 2)
    return (middle - spread) / (1 + z * z / whole), (middle + spread) / (1 + z * z / whole)


class _Changed(SourceFileLoader):
    """Finds and loads the one module that was changed, from memory."""

    def __init__(self, path: Path, source: str) -> None:
        parts = ("goaltables", "normalizers", *path.relative_to(PACKAGE).with_suffix("").parts)
        super().__init__(".".join(part for part in parts if part != "__init__"), str(path))
        self._source = source.encode()

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_data(self, path: str) -> bytes:
        return self._source if path == self.path else super().get_data(path)

    def path_stats(self, _: str) -> Any:
        raise OSError  # no compiled file stands for the changed text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--room", action="append", choices=ROOMS)
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--again", type=Path, help="a results file: try its survivors")
    parser.add_argument("--out", type=Path, default=Path("out/mutation.json"))
    options = parser.parse_args()
    os.chdir(ROOT)
    if options.again:
        entries = json.loads(options.again.read_text(encoding="utf-8"))
        mutants = [Mutant(**entry["mutant"]) for entry in entries if entry["survived"]]
    else:
        mutants = [m for room in options.room or ROOMS for m in drawn(room, options.sample, options.seed)]
    _load_libraries()
    tests = watched()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    results = []
    for number, mutant in enumerate(mutants, start=1):
        survived = survives(mutant, tests)
        results.append({"mutant": asdict(mutant), "survived": survived})
        if survived:
            where = f"{number}/{len(mutants)} {mutant.module}:{mutant.line} {mutant.operator}"
            print(where, f"  - {mutant.before}", f"  + {mutant.after}", sep="\n", flush=True)
        options.out.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for room in ROOMS:
        outcomes = [r["survived"] for r in results if str(Path(r["mutant"]["module"]).parent) == room]
        if outcomes:
            noticed = outcomes.count(False)
            low, high = wilson(noticed, len(outcomes))
            print(f"{room:14} {noticed}/{len(outcomes)} noticed, {low:.0%} to {high:.0%}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
