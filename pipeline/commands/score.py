"""``goaltables score TRUTH PREDICTED``: how right records are."""

import json
from pathlib import Path
from typing import Annotated

import typer

from goaltables.pipeline.commands.options import argument, check_language, flag, language_option
from goaltables.pipeline.commands.texts import Command
from goaltables.pipeline.messages import say


def add(app: typer.Typer) -> None:
    """Declare the command."""

    @app.command(cls=Command, help=say("help-score"))
    def score(
        truth: Annotated[Path, argument("TRUTH", "help-score-truth")],
        predicted: Annotated[Path, argument("PREDICTED", "help-score-predicted")],
        documents: Annotated[bool, flag("--documents", "help-score-documents")] = False,
        as_json: Annotated[bool, flag("--json", "help-score-json")] = False,
        lang: Annotated[str | None, language_option()] = None,
    ) -> None:
        check_language(lang)
        print_score(truth, predicted, documents=documents, as_json=as_json)


def print_score(truth: Path, predicted: Path, *, documents: bool, as_json: bool) -> None:
    """Compare and print. Raises UsageError."""
    from goaltables.pipeline.score.figures import all_figures, scored
    from goaltables.pipeline.score.score_text import score_lines
    from goaltables.pipeline.score.truth import read_truth

    figures = all_figures([scored(document) for document in read_truth(truth, predicted)])
    if as_json:
        print(json.dumps(figures, ensure_ascii=False, indent=1))
    else:
        print("\n".join(score_lines(figures, documents=documents)))
