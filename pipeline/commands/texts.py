"""The command line library's own words in the chosen language.

Typer brings its help headings and its errors in English only. Help is rendered by the classes below, errors
by `usage_message`, which knows an error by the name of its class: Typer carried its parser as a package of
its own once and carries it inside now, but the names stayed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from goaltables.errors import UsageError
from goaltables.pipeline.messages import say

# What the library prints -> the key of what we print.
HEADINGS: Final = {
    "Usage: ": "heading-usage",
    "[OPTIONS]": "heading-usage-options",
    "COMMAND [ARGS]...": "heading-usage-command",
    "\nArguments:\n": "heading-arguments",
    "\nOptions:\n": "heading-options",
    "\nCommands:\n": "heading-commands",
    "[required]": "heading-required",
    "Show this message and exit.": "help-help",
}
# What newer versions print about an argument, which is for programmers: its Python type behind its name, and
# braces around it in the first line.
TYPE_NOTE: Final = re.compile(r" <[\w\[\]]+>$")
BRACES: Final = re.compile(r"\{([A-Z]+)\}")
BAD_VALUES: Final = {"integer": "usage-bad-integer", "float": "usage-bad-float", "number": "usage-bad-float"}


def in_language(text: str) -> str:
    """A rendered help page with its headings in the chosen language."""
    for printed, key in HEADINGS.items():
        text = text.replace(printed, say(key))
    return BRACES.sub(r"\1", text)


class Command(TyperCommand):
    """A command whose help is in the chosen language."""

    def get_help(self, ctx: Any) -> str:
        return in_language(super().get_help(ctx))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        write_list = formatter.write_dl

        def write_without_types(rows: Sequence[tuple[str, str]], *layout: Any, **more: Any) -> None:
            write_list([(TYPE_NOTE.sub("", name), text) for name, text in rows], *layout, **more)

        formatter.write_dl = write_without_types
        super().format_options(ctx, formatter)


class Group(TyperGroup):
    """The program: its commands in the order they are declared, its help in the chosen language."""

    def get_help(self, ctx: Any) -> str:
        return in_language(super().get_help(ctx))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            key = "usage-no-such-command-near" if near else "usage-no-such-command"
            raise UsageError(say(key, name=args[0], near="".join(near)))
        return super().resolve_command(ctx, args)


def usage_message(error: Exception) -> str | None:
    """What a parser error means, in the chosen language; None when it is no parser error."""
    if not hasattr(error, "format_message"):
        return None
    kind = type(error).__name__
    name = getattr(error, "option_name", None) or _parameter_name(error)
    if kind == "NoSuchOption":
        near = difflib.get_close_matches(str(name), getattr(error, "possibilities", None) or [], n=1)
        message = (
            say("usage-no-such-option-near", name=name, near=near[0])
            if near
            else say("usage-no-such-option", name=name)
        )
    elif kind == "MissingParameter":
        message = say("usage-missing", name=name)
    elif kind == "BadOptionUsage":
        message = say("usage-bad-option", name=name)
    elif kind == "BadParameter":
        message = say(_bad_value(error), name=name)
    else:
        message = say("usage-other", message=error.format_message())
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "goaltables"
    return say("usage-error", message=message, command=command)


def _parameter_name(error: Exception) -> str:
    parameter = getattr(error, "param", None)
    if parameter is None:
        return ""
    return str(parameter.opts[-1] if parameter.param_type_name == "option" else parameter.metavar)


def _bad_value(error: Exception) -> str:
    """The key of what we say, by what the parser says the value should be."""
    wanted = re.search("valid (integer|float|number)", str(getattr(error, "message", "")))
    return BAD_VALUES[wanted[1]] if wanted else "usage-bad-value"


def make_app() -> typer.Typer:
    """An empty program in the chosen language. Markup off: a file name with brackets is no markup."""
    return typer.Typer(
        cls=Group,
        help=say("help-program"),
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
