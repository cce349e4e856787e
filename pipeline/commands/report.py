"""``goaltables report OUT``: one page of HTML about a whole output folder."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from goaltables.pipeline.batch.out_layout import check_output
from goaltables.pipeline.commands.options import argument, check_language, flag, language_option, option
from goaltables.pipeline.commands.texts import Command
from goaltables.pipeline.messages import say


def add(app: typer.Typer) -> None:
    """Declare the command."""

    @app.command(cls=Command, help=say("help-report"))
    def report(
        out: Annotated[Path, argument("OUT", "help-out-argument")],
        inspect: Annotated[bool, flag("--inspect", "help-report-inspect")] = False,
        ocr: Annotated[str, option("--ocr", "rapidocr|tesseract", "help-ocr")] = "rapidocr",
        password_file: Annotated[Path | None, option("--password-file", "FILE", "help-password-file")] = None,
        lang: Annotated[str | None, language_option()] = None,
    ) -> None:
        check_language(lang)
        show_report(out, inspect=inspect, ocr=ocr, password_file=password_file)


def show_report(out: Path, *, inspect: bool, ocr: str, password_file: Path | None) -> None:
    """Write the report and print its path. Raises UsageError, OutputBusy, OutputError, DependencyMissing."""
    from goaltables.pipeline.batch.write import hold
    from goaltables.pipeline.commands.examine import require_reader
    from goaltables.pipeline.report.reporting import draw_listed, write_report
    from goaltables.pipeline.settings import ReadSettings, read_passwords

    check_output(out)
    with hold(out):
        if inspect:
            require_reader(ocr)
            passwords = read_passwords(password_file) if password_file else ()
            draw_listed(out, ReadSettings(ocr=ocr, passwords=passwords), _tell)
        print(write_report(out))


def _tell(path: str, why: str) -> None:
    print(say("report-not-drawn", path=path, reason=why), file=sys.stderr)
