"""``goaltables schema``: the JSON Schema of a document record."""

import json
from typing import Annotated

import typer

from goaltables.pipeline.commands.options import check_language, language_option
from goaltables.pipeline.commands.texts import Command
from goaltables.pipeline.messages import say


def add(app: typer.Typer) -> None:
    """Declare the command."""

    @app.command(cls=Command, help=say("help-schema"))
    def schema(lang: Annotated[str | None, language_option()] = None) -> None:
        from goaltables.document import Document

        check_language(lang)
        print(json.dumps(Document.model_json_schema(mode="serialization"), ensure_ascii=False, indent=2))
