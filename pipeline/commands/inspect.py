"""``goaltables inspect FILE [--page N] --out DIR``: a document stage by stage, in pictures."""

import os
from pathlib import Path
from typing import Annotated

import typer

from goaltables.errors import UsageError
from goaltables.pipeline.commands.options import argument, check_language, language_option, option
from goaltables.pipeline.commands.texts import Command
from goaltables.pipeline.messages import say


def add(app: typer.Typer) -> None:
    """Declare the command."""

    @app.command(cls=Command, help=say("help-inspect"))
    def inspect(
        file: Annotated[Path, argument("FILE", "help-inspect-file")],
        out: Annotated[Path, option("--out", "DIR", "help-inspect-out")],
        page: Annotated[int | None, option("--page", "N", "help-inspect-page")] = None,
        ocr: Annotated[str, option("--ocr", "rapidocr|tesseract", "help-ocr")] = "rapidocr",
        password_file: Annotated[Path | None, option("--password-file", "FILE", "help-password-file")] = None,
        lang: Annotated[str | None, language_option()] = None,
    ) -> None:
        check_language(lang)
        draw(file, out, page, ocr, password_file)


def draw(file: Path, out: Path, page: int | None, ocr: str, password_file: Path | None) -> None:
    """Inspect the file and print what was written. Raises UsageError, DocumentError, OutputError."""
    from goaltables.pipeline.batch.record_names import shown_path
    from goaltables.pipeline.batch.sources.input_file import read_input
    from goaltables.pipeline.commands.examine import require_reader
    from goaltables.pipeline.inspect.inspection import inspect_document
    from goaltables.pipeline.settings import ReadSettings, read_passwords

    if file.is_dir() or not file.exists():
        why = say("errno-EISDIR" if file.is_dir() else "errno-ENOENT")
        raise UsageError(say("input-unreadable", path=shown_path(os.fsencode(file)), reason=why))
    passwords = read_passwords(password_file) if password_file else ()
    settings = ReadSettings(ocr=ocr, passwords=passwords)
    require_reader(ocr)
    path = os.fsencode(file.resolve())
    data = read_input(path, settings.max_bytes).data
    for written in inspect_document(data, shown_path(os.path.basename(path)), out, settings, page):  # noqa: PTH119
        print(written)
