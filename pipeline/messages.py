"""Every message for people, in English and Chinese, in one place.

Records are not for one reader and stay English, whatever the language of the run; what is printed follows
``--lang`` or the locale. A message is asked for by its key: ``say("no-input", ...)``.
"""

from __future__ import annotations

import errno
import os
import tomllib
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from functools import cache
from importlib import resources
from typing import Final

DEFAULT_LANGUAGE: Final = "en"
LANGUAGES: Final = ("zh", "en")
# In the order in which POSIX lets them override each other.
LOCALE_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")

_language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Key -> language -> message, from ``data/messages``: one file for each area."""
    content: dict[str, dict[str, str]] = {}
    for source in sorted(
        resources.files("goaltables.pipeline.data.messages").iterdir(), key=lambda f: f.name
    ):
        if source.name.endswith(".toml"):
            content |= tomllib.loads(source.read_text(encoding="utf-8"))
    return content


def use_language(language: str) -> None:
    """Choose the language of `say` from here on."""
    _language.set(language)


def current_language() -> str:
    """The language of `say`."""
    return _language.get()


def say(key: str, /, **values: object) -> str:
    """The message `key` in the chosen language, with its values filled in."""
    return catalogue()[key][_language.get()].format(**values)


def say_code(prefix: str, code: str) -> str:
    """What a code of a record means, the message PREFIX-CODE; the code itself where there is none."""
    key = f"{prefix}-{code}"
    return say(key) if key in catalogue() else code


def reason(error: OSError) -> str:
    """Why the operating system refused something: in the chosen language where we know the reason."""
    key = f"errno-{errno.errorcode.get(error.errno or 0, '')}"
    return say(key) if key in catalogue() else str(error.strerror or error)


def failure_label(error_class: str | None) -> str:
    """What a class of failure means, for people."""
    return say_code("class", error_class or "internal")


def language_of(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> str:
    """The language a command line asks for with ``--lang``, else the locale's, else English.

    Read before the command line is parsed: its help and its errors are already in that language.
    """
    for number, argument in enumerate(arguments):
        if argument == "--":
            break
        value = argument.removeprefix("--lang=") if argument.startswith("--lang=") else None
        if argument == "--lang" and number + 1 < len(arguments):
            value = arguments[number + 1]
        if value in LANGUAGES:
            return str(value)
    for variable in LOCALE_VARIABLES:
        if environment.get(variable):
            return "zh" if environment[variable].lower().startswith("zh") else DEFAULT_LANGUAGE
    return DEFAULT_LANGUAGE
