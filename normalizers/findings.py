"""The finding codes: one registry (`data/findings.toml`), from which messages and docs/findings.md are made.

A finding (疑点) says what was found, how bad it is and where. Its message is Chinese and English in one line,
whatever the reader's language, because a record must not depend on it:

>>> state_finding("missing-total", column="其他资金").message
'其他资金：合计未填 | 其他资金: the total is blank'

``python -m goaltables.normalizers.findings`` prints docs/findings.md.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from goaltables.document import CellSource, Finding, Severity
from goaltables.normalizers.data import load_toml
from goaltables.normalizers.text import comparison_key

_SEVERITIES: dict[str, Severity] = {"error": "error", "warning": "warning", "info": "info"}
_GROUPS = {
    "check": "Checks of what is printed · 核验",
    "naming": "Names · 名称",
    "reading": "Reading · 识读",
    "file": "Files · 文件",
}
_INTRODUCTION = """\
# Finding codes · 疑点代码

A finding is a doubt about a document or table, never a repair. Its `code` is stable, its `message` is Chinese
and English in one line, its `source` leads to the cells. `error`: the print contradicts itself, or something
is lost; `warning`: likely a mistake; `info`: worth knowing. A table's `checks` says for each check whether it
passed, found something, lacked data or does not apply.

This page is made from `normalizers/data/findings.toml`: `python -m goaltables.normalizers.findings`."""
# Values quoted in a message are shortened: the whole text is in the record.
_MAX_QUOTED = 40


@dataclass(frozen=True, slots=True)
class FindingKind:
    """An entry of the registry. The texts are message templates; empty for codes that bring their own."""

    code: str
    group: str
    severity: Severity
    zh: str
    en: str
    about: str
    zh_text: str = ""
    en_text: str = ""


@cache
def finding_kinds() -> dict[str, FindingKind]:
    """Every code there is, in the order of the registry."""
    kinds = {}
    for code, entry in load_toml("findings.toml").items():
        severity = _SEVERITIES[entry["severity"]]
        kinds[code] = FindingKind(code, **{**entry, "severity": severity})
    return kinds


def make_finding(code: str, detail: str = "", source: Sequence[CellSource] = ()) -> Finding:
    """A finding whose message is the title of its code, and `detail` when there is more to say.

    Raises:
        KeyError: the code is not registered.

    """
    kind = finding_kinds()[code]
    message = f"{kind.zh} | {kind.en}"
    if detail:
        message = f"{message}: {detail}"
    return Finding(code=code, severity=kind.severity, message=message, source=list(source))


def state_finding(code: str, source: Sequence[CellSource] = (), /, **values: object) -> Finding:
    """A finding whose message fills the templates of its code with `values`; long ones are shortened.

    Raises:
        KeyError: the code is not registered, or a template names a value that is not given.

    """
    kind = finding_kinds()[code]
    quoted = {name: _quoted(value) for name, value in values.items()}
    message = f"{kind.zh_text.format_map(quoted)} | {kind.en_text.format_map(quoted)}"
    return Finding(code=code, severity=kind.severity, message=message, source=list(source))


def empty_indicator_finding(level2: str, source: Sequence[CellSource] = ()) -> Finding:
    """The finding for a level-2 label (as printed) that stands without an indicator."""
    return state_finding("empty-indicator", source, label=comparison_key(level2))


def _quoted(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _MAX_QUOTED else text[: _MAX_QUOTED - 1] + "…"


def findings_page() -> str:
    """The text of docs/findings.md."""
    lines = [_INTRODUCTION]
    for group, heading in _GROUPS.items():
        lines += ["", f"## {heading}", "", "| code | severity | | |", "|---|---|---|---|"]
        for kind in finding_kinds().values():
            if kind.group == group:
                lines.append(
                    f"| `{kind.code}` | {kind.severity} | {kind.zh} · {kind.en} | {_escaped(kind.about)} |"
                )
    return "\n".join([*lines, ""])


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


if __name__ == "__main__":
    sys.stdout.write(findings_page())
