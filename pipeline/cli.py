"""The command line: ``goaltables digitize PATH... --out OUT`` and its companions.

Only what was asked for goes to stdout; progress, summary and errors go to stderr. Exit codes are part of the
contract (docs/contract.md). Everything heavy is imported by the command that needs it, so that ``--help`` is
there at once.
"""

# No "from __future__ import annotations" here: Typer evaluates the annotations of the commands, and theirs
# hold texts in the chosen language, made when the commands are.

import io
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from goaltables.errors import DependencyMissing, DocumentError, GoalTablesError, UsageError
from goaltables.pipeline.commands import (
    bench,
    crop,
    digitize,
    doctor,
    export,
    inspect,
    report,
    review,
    schema,
    score,
    vocabulary,
)
from goaltables.pipeline.commands.options import check_language, flag, language_option
from goaltables.pipeline.commands.texts import make_app, usage_message
from goaltables.pipeline.messages import language_of, say, use_language

BUG, INTERRUPTED = 70, 130
COMPLETE = "_GOALTABLES_COMPLETE"  # set by the shell that asks for completions (docs/completion.md)
# In the order of the help.
COMMANDS = (digitize, export, inspect, crop, report, review, score, bench, schema, doctor, vocabulary)


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        # A path, or a language, that the terminal's encoding does not have is shown escaped.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: Sequence[str]) -> int:
    """Run one command line; its exit code."""
    use_language(language_of(arguments))
    app = build_app()
    if COMPLETE in os.environ:
        _know_the_shells()
    try:
        code = app(args=list(arguments), prog_name="goaltables", standalone_mode=False)
        sys.stdout.flush()
        return int(code or 0)
    except DependencyMissing as error:
        what = _in_language(error.what)
        return _complain(say("dependency-missing", what=what, remedy=error.remedy), error.exit_code)
    except DocumentError as error:
        return _complain(_in_language(str(error)), error.exit_code)
    except GoalTablesError as error:
        return _complain(str(error), error.exit_code)
    except (BrokenPipeError, SystemExit):
        # Whoever read our output (head) has enough; Typer makes a SystemExit of it. Python would complain
        # once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        message = usage_message(error)
        if message is not None:
            return _complain(message, UsageError.exit_code)
        traceback.print_exc()
        return _complain(say("bug"), BUG)


def _know_the_shells() -> None:
    """Typer answers a shell only after this; its own way to it, --install-completion, speaks English only."""
    from typer._completion_classes import completion_init

    completion_init()


def _in_language(message: str) -> str:
    """What the stages say, who know no language but English, for who sits at the terminal."""
    from goaltables.pipeline.record_messages import say_failure

    return say_failure(message)


def _complain(message: str, code: int) -> int:
    print(say("error", message=message), file=sys.stderr)
    return code


def build_app() -> typer.Typer:
    """The commands, with their help in the chosen language."""
    app = make_app()

    @app.callback(invoke_without_command=True)
    def program(
        context: typer.Context,
        version: Annotated[bool, flag("--version", "help-version")] = False,
        lang: Annotated[str | None, language_option()] = None,
    ) -> None:
        check_language(lang)
        if version:
            _show_version()
        if context.invoked_subcommand is None:
            print(context.get_help(), file=sys.stderr)
            raise typer.Exit(UsageError.exit_code)

    for command in COMMANDS:
        command.add(app)
    return app


def _show_version() -> None:
    from goaltables.pipeline.settings import package_version

    print(package_version())
    raise typer.Exit
