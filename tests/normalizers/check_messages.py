"""What each check says of the examples that it fires on: data/check_messages.json.

python tests/normalizers/check_messages.py     writes the messages anew, after a change that means to
"""

from __future__ import annotations

import json
from pathlib import Path

from amount_examples import EXAMPLES as OF_AMOUNTS
from indicator_examples import EXAMPLES as OF_INDICATORS
from score_and_text_examples import EXAMPLES as OF_SCORES_AND_TEXTS

from goaltables.document import GoalTable
from goaltables.normalizers.checking.checks import check_table

FILE = Path(__file__).parent / "data" / "check_messages.json"
EXAMPLES = OF_AMOUNTS | OF_INDICATORS | OF_SCORES_AND_TEXTS


def kept_messages() -> dict[str, list[list[str]]]:
    kept: dict[str, list[list[str]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return kept


def messages(code: str) -> list[list[str]]:
    """The messages of a check, for each of its examples."""
    firing, *_ = EXAMPLES[code]
    return [_messages_about(example, code) for example in firing]


def _messages_about(table: GoalTable, code: str) -> list[str]:
    found, _ = check_table(table)
    return [finding.message for finding in found if finding.code == code]


if __name__ == "__main__":
    content = {code: messages(code) for code in EXAMPLES}
    FILE.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
