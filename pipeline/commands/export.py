"""``goaltables export``: the dataset files, made again from the records."""

from pathlib import Path
from typing import Annotated

import typer

from goaltables.pipeline.batch.out_layout import check_output
from goaltables.pipeline.commands.options import argument, check_language, language_option, option
from goaltables.pipeline.commands.texts import Command
from goaltables.pipeline.messages import say


def add(app: typer.Typer) -> None:
    """Declare the command."""

    @app.command(cls=Command, help=say("help-export"))
    def export(
        out: Annotated[Path, argument("OUT", "help-out-argument")],
        formats: Annotated[str, option("--format", "csv,jsonl,parquet,xlsx,sqlite", "help-format")] = "csv",
        lang: Annotated[str | None, language_option()] = None,
    ) -> None:
        check_language(lang)
        write_dataset(out, formats)


def write_dataset(out: Path, formats: str) -> None:
    """Write the files and print their paths. Raises UsageError, OutputError."""
    from goaltables.pipeline.batch.write import hold
    from goaltables.pipeline.dataset.export import export_dataset

    check_output(out)
    with hold(out):
        written = export_dataset(out, [name.strip() for name in formats.split(",")])
    for path in written:
        print(path)
