"""Pages of HTML that need nothing but themselves: styles and pictures inside, no script, no address outside.

Texts of documents are hostile: they reach a page through templates that escape everything, and a content
security policy forbids whatever might slip through (a style is allowed by its hash, pictures only as data).
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from goaltables.pipeline.drawing.fonts import FONT_STACK
from goaltables.pipeline.messages import say, say_code
from goaltables.pipeline.record_messages import say_failure, say_finding, say_message


def page(template: str, styles: str, **values: Any) -> bytes:
    """The page of a template, UTF-8.

    Args:
        template: ``package:file`` of a template that extends ``goaltables.pipeline.html:base.html``.
        styles: CSS of this page, behind that of all pages.
        values: What the template shows; every text is escaped.

    """
    css = _read("goaltables.pipeline.html:base.css").replace("FONT_STACK", FONT_STACK) + styles
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode("ascii")
    html = (
        _environment()
        .get_template(template)
        .render(
            say=say,
            say_code=say_code,
            say_failure=say_failure,
            say_finding=say_finding,
            say_message=say_message,
            css=css,
            policy=f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'",
            **values,
        )
    )
    return html.encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_read),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["r"] = _rounded
    return environment


def _rounded(value: float) -> str:
    """A coordinate without digits that nobody sees."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _read(name: str) -> str:
    package, _, file = name.partition(":")
    return resources.files(package).joinpath(file).read_text(encoding="utf-8")
