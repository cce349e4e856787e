"""What records say of failures and findings, told in the language of whoever reads it.

A record is not for one reader: its failures are told in English, its findings in Chinese and English. Those
who show them to people come here.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

from goaltables.normalizers.findings import finding_kinds
from goaltables.pipeline.messages import current_language


def say_failure(message: str) -> str:
    """A failure's message in the chosen language; as the record has it where it is none of ours."""
    return in_chinese(message) if current_language() == "zh" else message


def in_chinese(message: str) -> str:
    """The Chinese of a failure's message, and of what was filled in; the message where there is none."""
    for pattern, chinese in _failures():
        if found := pattern.fullmatch(message):
            return chinese.format(**{name: in_chinese(value) for name, value in found.groupdict().items()})
    return message


def say_finding(code: str) -> str:
    """What a finding code means; the code itself where it is none of ours."""
    kind = finding_kinds().get(code)
    if kind is None:
        return code
    return kind.zh if current_language() == "zh" else kind.en


def say_message(code: str, message: str) -> str:
    """A finding's message in the chosen language."""
    chinese, english = both_halves(code, message)
    return chinese if current_language() == "zh" else english


def both_halves(code: str, message: str) -> tuple[str, str]:
    """A finding's message in Chinese and in English. A detail stands behind the English half only; it belongs
    to both.
    """
    chinese, _, english = message.partition(" | ")
    if detail := detail_of(code, message):
        chinese = f"{chinese}：{in_chinese(detail)}"
    return chinese, english or chinese


def detail_of(code: str, message: str) -> str:
    """What a finding says beyond what its code means, in English; empty when that is all."""
    kind = finding_kinds().get(code)
    return "" if kind is None else message.partition(f" | {kind.en}: ")[2]


@cache
def _failures() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What an English message looks like, and its Chinese; in the order of the data file."""
    text = resources.files("goaltables.pipeline.data").joinpath("failure_reasons.toml").read_text("utf-8")
    return tuple((_pattern(reason["en"]), reason["zh"]) for reason in tomllib.loads(text)["reason"])


def _pattern(template: str) -> re.Pattern[str]:
    """The template's words, with anything in the place of each name in braces."""
    parts = re.split(r"\{(\w+)\}", template)
    names = (f"(?P<{name}>.+?)" for name in parts[1::2])
    words = (re.escape(word) for word in parts[::2])
    return re.compile("".join(w + n for w, n in zip(words, [*names, ""], strict=True)), re.DOTALL)
