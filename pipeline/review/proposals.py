"""Vocabulary terms that reviewed documents propose (``OUT/vocabulary-proposals.jsonl``).

A whole name that a person stands behind is a candidate for the vocabulary, not yet an entry. One line each::

    {"term": "村级补助发放及", "level2": "timeliness", "full_name": "村级补助发放及时率",
     "documents": ["<sha256>", …], "approved": false}

`term` is what was printed. By the quarantine rule a proposal is taken once it was seen in two documents, or
once somebody approved it (``goaltables vocabulary``). An approval is kept when a decision behind it is
withdrawn.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

from goaltables.normalizers.names.vocabulary import find_vocabulary_id
from goaltables.pipeline.batch.write import write_durably
from goaltables.pipeline.review.cases import Case
from goaltables.pipeline.review.items import FULL_NAME_ROLE

FILE_NAME: Final = "vocabulary-proposals.jsonl"

Proposal: TypeAlias = dict[str, Any]
_Key: TypeAlias = tuple[str, str, str]


def propose(out: Path, case: Case) -> None:
    """Bring what one document proposes up to date. Raises OutputError."""
    path = out / FILE_NAME
    known = read_proposals(path)
    sha256 = case.machine.source.sha256
    wanted = {_key(line): line for line in _proposed(case)}
    lines: dict[_Key, Proposal] = {}
    for key, line in {**wanted, **known}.items():
        documents = sorted(
            {*line["documents"], *([sha256] if key in wanted else [])} - _gone(key, wanted, sha256)
        )
        if documents or line["approved"]:
            lines[key] = {**line, "documents": documents}
    if lines != known:
        text = "".join(json.dumps(lines[key], ensure_ascii=False) + "\n" for key in sorted(lines))
        write_durably(path, text.encode())


def read_proposals(path: Path) -> dict[_Key, Proposal]:
    """The proposals of a file, by term, class and whole name; none when there is no file."""
    if not path.is_file():
        return {}
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return {_key(line): line for line in lines}


def _key(line: Proposal) -> _Key:
    return str(line["term"]), str(line["level2"]), str(line["full_name"])


def _gone(key: _Key, wanted: dict[_Key, Proposal], sha256: str) -> set[str]:
    return set() if key in wanted else {sha256}


def _proposed(case: Case) -> Iterator[Proposal]:
    """The whole names of one document that people stand behind and the vocabulary does not know."""
    for standing in case.reviewed.standings:
        if standing.item.role != FULL_NAME_ROLE or not standing.is_decided or not standing.text:
            continue
        path = standing.item.paths[0]
        indicator = case.reviewed.document.tables[path.table].indicators[path.index]
        if indicator.full_name == indicator.name or find_vocabulary_id(indicator.full_name) is not None:
            continue
        yield {
            "term": indicator.name,
            "level2": indicator.level2_id,
            "full_name": indicator.full_name,
            "documents": [case.machine.source.sha256],
            "approved": False,
        }
