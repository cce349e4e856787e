"""The catalogue: both languages complete, every message used, the language chosen as people expect."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from goaltables.errors import DocumentError
from goaltables.extractors import route
from goaltables.extractors.office.logical_page import OFFICE_FILE, TEXT_DUMP
from goaltables.pipeline.messages import LANGUAGES, catalogue, failure_label, language_of, say, use_language

SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in (Path(__file__).resolve().parents[2] / "pipeline").rglob("*")
    if path.suffix in (".py", ".html", ".js")
)
QUOTED = frozenset(re.findall(r"""["'`]([a-z0-9-]+)["'`]""", SOURCES))
# Keys that are put together from a prefix and a code.
COMPOSED = (
    *("class-", "errno-", "doctor-", "cluster-no-", "config-wants-"),
    *("desk-form-", "desk-grid-", "desk-need-", "desk-origin-", "desk-picture-"),
    *("desk-role-", "desk-severity-", "desk-status-", "desk-unreadable"),
    *("layer-", "mark-", "reason-", "route-", "status-", "severity-", "name-", "form-"),
)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", list(catalogue()))
def test_a_message_says_the_same_in_both_languages(key: str) -> None:
    message = catalogue()[key]
    assert set(message) == set(LANGUAGES)
    assert placeholders(message["en"]) == placeholders(message["zh"])
    assert not re.search("[\u3000-\u9fff\uff01-\uff5e]", message["en"])


def test_chinese_messages_are_chinese() -> None:
    wordless = [
        key
        for key, message in catalogue().items()
        if not re.search("[\u4e00-\u9fff]", message["zh"]) and re.search("[a-z]{3}", message["en"])
    ]
    assert wordless == []


def test_every_message_is_used() -> None:
    unused = [key for key in catalogue() if not key.startswith(COMPOSED) and key not in QUOTED]
    assert unused == []


def test_every_message_that_is_asked_for_exists() -> None:
    asked = set(re.findall(r'\bsay\(\s*"([a-z0-9-]+)"', SOURCES))
    assert asked - set(catalogue()) == set()


def test_every_reason_of_a_route_is_explained() -> None:
    told = re.findall(r"^``([a-z-]+)`` +(?:text|ocr) ", route.__doc__ or "", re.MULTILINE)
    assert len(told) > 10
    reasons = (*told, OFFICE_FILE, TEXT_DUMP)
    assert [reason for reason in reasons if f"reason-{reason}" not in catalogue()] == []


def test_every_class_of_failure_has_a_label() -> None:
    classes = {kind.error_class for kind in DocumentError.__subclasses__()}
    assert len(classes) == 8
    assert all(failure_label(name) for name in classes)


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "C.UTF-8"}, "en"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        (["digitize", "--lang", "zh", "x"], {}, "zh"),
        (["--lang=en"], {"LANG": "zh_CN.UTF-8"}, "en"),
        (["--lang", "fr"], {"LANG": "zh_CN.UTF-8"}, "zh"),
        (["--lang"], {}, "en"),
        (["--", "--lang", "zh"], {}, "en"),
    ],
)
def test_the_language_of_a_command_line(
    arguments: list[str], environment: dict[str, str], language: str
) -> None:
    assert language_of(arguments, environment) == language


def test_values_are_filled_in_in_the_chosen_language() -> None:
    use_language("zh")
    try:
        assert "错误：甲" in say("error", message="甲")
    finally:
        use_language("en")
    assert say("error", message="x") == "error: x"
