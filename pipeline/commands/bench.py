"""``goaltables bench FOLDER``: side by side with the tools a user would pick instead."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from goaltables.errors import UsageError
from goaltables.pipeline.commands.options import argument, check_language, flag, language_option, option
from goaltables.pipeline.commands.texts import Command
from goaltables.pipeline.messages import say

SIZES = "1,10,100"


def add(app: typer.Typer) -> None:
    """Declare the command."""

    @app.command(cls=Command, help=say("help-bench"))
    def bench(
        folder: Annotated[Path | None, argument("FOLDER", "help-bench-folder")] = None,
        out: Annotated[Path | None, option("--out", "DIR", "help-bench-out")] = None,
        peers: Annotated[Path | None, option("--peers", "DIR", "help-bench-peers")] = None,
        install_peers: Annotated[Path | None, option("--install-peers", "DIR", "help-bench-install")] = None,
        sizes: Annotated[str, option("--sizes", SIZES, "help-bench-sizes")] = SIZES,
        as_json: Annotated[bool, flag("--json", "help-bench-json")] = False,
        lang: Annotated[str | None, language_option()] = None,
    ) -> None:
        check_language(lang)
        if folder is None and install_peers is None:
            raise UsageError(say("bench-nothing-to-do"))
        if install_peers is not None:
            install(install_peers)
        if folder is not None:
            measure(folder, out, peers or install_peers, _sizes(sizes), as_json=as_json)


def install(folder: Path) -> None:
    """Make the environments of the other tools. Raises DependencyMissing."""
    from goaltables.pipeline.bench.peers import install_peers

    install_peers(folder, _tell)


def measure(folder: Path, out: Path | None, peers: Path | None, sizes: list[int], *, as_json: bool) -> None:
    """Compare, print, and write under `out`. Raises UsageError, OutputError."""
    from goaltables.pipeline.bench.results import all_results, result_lines, write_results

    results = all_results(folder, peers, sizes, _tell)
    if out is not None:
        write_results(results, out)
    print(json.dumps(results, ensure_ascii=False, indent=1) if as_json else "\n".join(result_lines(results)))


def _sizes(text: str) -> list[int]:
    if not all(part.strip().isdecimal() and int(part) for part in text.split(",")):
        raise UsageError(say("bench-sizes", value=text))
    return [int(part) for part in text.split(",")]


def _tell(message: str) -> None:
    print(message, file=sys.stderr)
