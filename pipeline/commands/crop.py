"""``goaltables crop OUT ID``: the picture of the cells that a row of the dataset was read from."""

from pathlib import Path
from typing import Annotated

import typer

from goaltables.pipeline.commands.options import argument, check_language, language_option, option
from goaltables.pipeline.commands.texts import Command
from goaltables.pipeline.messages import say


def add(app: typer.Typer) -> None:
    """Declare the command."""

    @app.command(cls=Command, help=say("help-crop"))
    def crop(
        out: Annotated[Path, argument("OUT", "help-out-argument")],
        row: Annotated[str, argument("ID", "help-crop-id")],
        to: Annotated[Path | None, option("--out", "FILE", "help-crop-out")] = None,
        password_file: Annotated[Path | None, option("--password-file", "FILE", "help-password-file")] = None,
        lang: Annotated[str | None, language_option()] = None,
    ) -> None:
        check_language(lang)
        write_crop(out, row, to, password_file)


def write_crop(out: Path, row: str, to: Path | None, password_file: Path | None) -> None:
    """Write the picture and print its path. Raises UsageError, DocumentError, OutputError."""
    from goaltables.pipeline.batch.write import write_durably
    from goaltables.pipeline.inspect.cropping import crop_name, crop_png
    from goaltables.pipeline.settings import ReadSettings, read_passwords

    passwords = read_passwords(password_file) if password_file else ()
    picture = crop_png(out, row, ReadSettings(passwords=passwords))
    path = to or Path(crop_name(row))
    write_durably(path, picture)
    print(path)
