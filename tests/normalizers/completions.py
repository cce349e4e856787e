"""Cut names with the answers that the model gave when the file was last written: data/completions.jsonl.

    python tests/normalizers/completions.py     writes the answers anew, after a change that means to

A case is one document: rows (name, label, unit, table, clipped?), its other texts, and for each row the whole
name, its status, its probability and the alternatives with theirs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from goaltables.normalizers.names.indicator_name import Completion, complete_name, complete_names
from goaltables.normalizers.names.name_evidence import NameRow

FILE = Path(__file__).parent / "data" / "completions.jsonl"


def kept_cases() -> list[dict[str, Any]]:
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def answers(case: dict[str, Any]) -> list[list[Any]]:
    """What the program makes of the names of a case now."""
    if "name" in case:
        single = {key: case.get(key) for key in ("level2", "unit")}
        return [_answer(complete_name(case["name"], **single, siblings=case.get("siblings", ())))]
    rows = [
        NameRow(name, level2, unit=unit, table=table, is_clipped=is_clipped)
        for name, level2, unit, table, is_clipped in case["rows"]
    ]
    return [_answer(completion) for completion in complete_names(rows, case["context"])]


def _answer(found: Completion) -> list[Any]:
    alternatives = [[name, round(share, 4)] for name, share in found.alternatives]
    return [found.full_name, found.status, round(found.probability, 4), alternatives]


if __name__ == "__main__":
    cases = [case | {"answers": answers(case)} for case in kept_cases()]
    FILE.write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases), encoding="utf-8")
