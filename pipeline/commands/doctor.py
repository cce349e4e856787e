"""``goaltables doctor``: what is installed, what is missing, the command that mends it."""

from typing import Annotated

import typer

from goaltables.errors import DependencyMissing
from goaltables.pipeline.commands.options import check_language, language_option, option
from goaltables.pipeline.commands.texts import Command
from goaltables.pipeline.messages import say


def add(app: typer.Typer) -> None:
    """Declare the command."""

    @app.command(cls=Command, help=say("help-doctor"))
    def doctor(
        ocr: Annotated[str, option("--ocr", "rapidocr|tesseract", "help-ocr")] = "rapidocr",
        lang: Annotated[str | None, language_option()] = None,
    ) -> int:
        check_language(lang)
        return show_examination(ocr)


def show_examination(ocr: str) -> int:
    """Print what was found; the exit code."""
    from goaltables.pipeline.commands.examine import examine

    checks = examine(ocr)
    for check in checks:
        print(say(f"doctor-{check.status}", name=check.name, detail=check.detail, remedy=check.remedy))
    is_complete = all(check.status != "missing" for check in checks)
    print(say("doctor-all-there" if is_complete else "doctor-something-missing"))
    return 0 if is_complete else DependencyMissing.exit_code
