"""docs/commands.md, made from the program: every command, argument and option, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import typer

from goaltables.pipeline.cli import build_app
from goaltables.pipeline.messages import DEFAULT_LANGUAGE, use_language

HEAD: Final = """# Commands · 命令

Made from the program itself by `make docs`; `goaltables COMMAND --help` says the same in one language.
Exit codes: [exit-codes.md](exit-codes.md). Settings in a file: [configuration.md](configuration.md).
"""


def commands_page() -> str:
    """The page, as Markdown."""
    english, chinese = (_commands(language) for language in ("en", "zh"))
    use_language(DEFAULT_LANGUAGE)
    lines = [HEAD]
    for (name, command), (_, other) in zip(english, chinese, strict=True):
        lines += [f"## {name}", "", f"{command.help} {other.help}", "", "| | |", "|---|---|"]
        pairs = zip(_parameters(command), _parameters(other), strict=True)
        lines += [
            f"| `{_cell(written)}` | {_cell(text)} · {_cell(zh)} |" for (written, text), (_, zh) in pairs
        ]
        lines.append("")
    return "\n".join(lines)


def _commands(language: str) -> list[tuple[str, Any]]:
    """(name, command) of every command that does something; those of a group carry its name."""
    use_language(language)
    return list(_leaves("goaltables", typer.main.get_command(build_app())))


def _leaves(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """The command, or those below it. A group with options of its own comes before them."""
    if not hasattr(command, "commands"):
        yield name, command
        return
    if len(list(_parameters(command))):
        yield name, command
    for child, below in command.commands.items():
        yield from _leaves(f"{name} {child}", below)


def _parameters(command: Any) -> Iterator[tuple[str, str]]:
    """How each argument and option is written, and what it means."""
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            written = parameter.metavar if parameter.required else f"[{parameter.metavar}]"
        else:
            written = ", ".join(parameter.opts)
            written += "" if parameter.is_flag else f" {parameter.metavar}"
        yield written, parameter.help or ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
