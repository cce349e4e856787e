"""What the commands of the program have in common: how an option is declared, how the language is checked."""

from __future__ import annotations

from typing import Any

import typer

from goaltables.pipeline.messages import LANGUAGES, say


def option(name: str, metavar: str, help_key: str) -> Any:
    """An option that takes a value; its help comes from the catalogue."""
    return typer.Option(name, metavar=metavar, help=say(help_key), show_default=False)


def flag(name: str, help_key: str) -> Any:
    """An option without a value."""
    return typer.Option(name, help=say(help_key), show_default=False)


def argument(metavar: str, help_key: str) -> Any:
    """A positional argument."""
    return typer.Argument(metavar=metavar, help=say(help_key))


def language_option() -> Any:
    """``--lang``, which every command takes."""
    return option("--lang", "zh|en", "help-lang")


def check_language(lang: str | None) -> None:
    """The language was already chosen from the raw arguments; here only its value is checked.

    Raises UsageError.
    """
    if lang is not None:
        from goaltables.pipeline.settings import check_choice

        check_choice("lang", lang, LANGUAGES)
