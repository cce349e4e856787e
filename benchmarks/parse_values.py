"""How fast target values are parsed: 10,000 printed values, beside what Python needs to match one pattern.

The values are those of the test cases (tests/normalizers/data/value_cases.jsonl), each with other figures, so
that no answer can be remembered. The yardstick on the same machine is a regular expression that splits only
"operator number unit" and understands nothing else.

    python benchmarks/parse_values.py
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from goaltables.normalizers.values.target_value import parse_value

VALUES = 10_000
ROUNDS = 5
CASES = Path(__file__).resolve().parents[1] / "tests" / "normalizers" / "data" / "value_cases.jsonl"
_SIMPLE = re.compile(r"\s*([≥≤<>=]*)\s*([0-9.,]+)\s*(\S*)")


def printed_values() -> list[str]:
    """VALUES texts, the same in every run."""
    texts = [json.loads(line)["text"] for line in CASES.read_text(encoding="utf-8").splitlines()]
    figures = random.Random(6)  # noqa: S311 - figures, not secrets
    return [
        re.sub("[1-9]", lambda _: str(figures.randint(1, 9)), texts[number % len(texts)])
        for number in range(VALUES)
    ]


def cpu_seconds(parse: Callable[[str], object], texts: list[str]) -> float:
    """The least CPU time of several rounds over all texts."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for text in texts:
            parse(text)
        rounds.append(time.process_time() - start)
    return min(rounds)


def main() -> int:
    texts = printed_values()
    parse_value(texts[0])  # loads the data files
    ours, simple = cpu_seconds(parse_value, texts), cpu_seconds(_SIMPLE.match, texts)
    sys.stdout.write(
        f"{VALUES} values ({len(set(texts))} different): {ours:.2f} CPU s, "
        f"{1e6 * ours / VALUES:.0f} µs each, {ours / simple:.0f} times one pattern match\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
