"""``goaltables review OUT``: the review desk in a browser."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goaltables.errors import UsageError
from goaltables.pipeline.batch.out_layout import check_output
from goaltables.pipeline.commands.options import argument, check_language, flag, language_option, option
from goaltables.pipeline.commands.texts import Command
from goaltables.pipeline.messages import say

if TYPE_CHECKING:
    from goaltables.pipeline.settings import ReadSettings, RunSettings

HOST = "127.0.0.1"
PORT = 8710


def add(app: typer.Typer) -> None:
    """Declare the command."""

    @app.command(cls=Command, help=say("help-review"))
    def review(
        out: Annotated[Path, argument("OUT", "help-out-argument")],
        host: Annotated[str, option("--host", "ADDRESS", "help-review-host")] = HOST,
        port: Annotated[int, option("--port", "N", "help-review-port")] = PORT,
        url: Annotated[str | None, option("--url", "URL", "help-review-url")] = None,
        reviewer: Annotated[str | None, option("--reviewer", "NAME", "help-review-reviewer")] = None,
        below: Annotated[float, option("--below", "P", "help-review-below")] = 0.9,
        sample: Annotated[float, option("--sample", "SHARE", "help-review-sample")] = 0.02,
        inputs: Annotated[Path | None, option("--inputs", "FOLDER", "help-review-inputs")] = None,
        password_file: Annotated[Path | None, option("--password-file", "FILE", "help-password-file")] = None,
        config: Annotated[Path | None, option("--config", "FILE", "help-config")] = None,
        export_to: Annotated[Path | None, option("--export-decisions", "FILE", "help-review-export")] = None,
        import_from: Annotated[
            Path | None, option("--import-decisions", "FILE", "help-review-import")
        ] = None,
        open_page: Annotated[bool, flag("--open", "help-review-open")] = False,
        lang: Annotated[str | None, language_option()] = None,
    ) -> None:
        check_language(lang)
        check_output(out)
        if export_to is not None or import_from is not None:
            exchange(out, export_to, import_from)
            return
        from goaltables.pipeline.review.cases import DeskSettings
        from goaltables.pipeline.review.place import Place
        from goaltables.pipeline.review.serving import Address, serve

        _check_share("--below", below)
        _check_share("--sample", sample)
        address = Address(host, port, url)
        reading, running = run_settings(config, password_file)
        place = Place(out, reading, running, inputs)
        serve(place, address, DeskSettings(below, sample), reviewer, language=lang, open_page=open_page)


def _check_share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise UsageError(say("review-bad-share", name=name, value=value))


def run_settings(config: Path | None, password_file: Path | None) -> "tuple[ReadSettings, RunSettings]":
    """How documents are opened, and read again: as digitize would, by the same configuration.

    Raises UsageError.
    """
    from goaltables.pipeline.commands.digitize import settings_of
    from goaltables.pipeline.settings import load_config

    given = load_config(config) if config else {}
    if password_file is not None:
        given["password_file"] = str(password_file)
    return settings_of(given)


def exchange(out: Path, export_to: Path | None, import_from: Path | None) -> None:
    """Take decisions in, then write them out, whichever was asked for. Raises UsageError, OutputError."""
    from goaltables.pipeline.batch.write import write_durably
    from goaltables.pipeline.review.exchange import lines_of, take_in_file
    from goaltables.pipeline.review.store import ReviewStore

    with ReviewStore(out) as store:
        if import_from is not None:
            new, known = take_in_file(store, import_from)
            print(say("review-imported", new=new, known=known), file=sys.stderr)
        if export_to == Path("-"):
            sys.stdout.writelines(lines_of(store))
        elif export_to is not None:
            write_durably(export_to, "".join(lines_of(store)).encode())
