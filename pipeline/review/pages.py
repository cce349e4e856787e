"""The HTML of the desk and the few files it needs, from the package.

Jinja2 escapes everything. What a document says goes to the page as JSON in a data block, whose ``<`` are
escaped too, and is put on the screen as text by the script.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from goaltables.pipeline.messages import failure_label, use_language
from goaltables.pipeline.review.agreement import Agreement
from goaltables.pipeline.review.page_texts import NAMES, page_texts
from goaltables.pipeline.review.requests import Visitor

PACKAGE: Final = "goaltables.pipeline.review"
STATIC: Final[Mapping[str, str]] = {
    "desk.css": "text/css; charset=utf-8",
    "desk.js": "text/javascript; charset=utf-8",
    "desk.svg": "image/svg+xml",
    "desk-sans.woff2": "font/woff2",
}


class Pages:
    """Renders the pages of the desk."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=PackageLoader(PACKAGE),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def queue(self, queue: Mapping[str, Any], agreement: Agreement, visitor: Visitor) -> Response:
        """The queue of documents."""
        use_language(visitor.language)  # of this request: each runs in a context of its own
        labels = {
            d["error_class"]: failure_label(d["error_class"]) for d in queue["documents"] if d["error_class"]
        }
        return self._page("queue.html", visitor, queue=queue, agreement=agreement, labels=labels)

    def document(self, document: Mapping[str, Any], visitor: Visitor) -> Response:
        """One document; its texts are fetched by the script."""
        return self._page("document.html", visitor, document=document)

    def static(self, name: str) -> tuple[bytes, str] | None:
        """Content and type of one of the desk's own files; None for every other name."""
        return (_content(name), STATIC[name]) if name in STATIC else None

    def _page(self, template: str, visitor: Visitor, **values: Any) -> Response:
        texts = page_texts(visitor.language)
        other = next(language for language in NAMES if language != visitor.language)
        html = self._environment.get_template(template).render(
            t=lambda key, **filled: texts[key].format(**filled) if filled else texts[key],
            texts=texts,
            visitor=visitor,
            other={"language": other, "name": NAMES[other]},
            percent=lambda share: f"{100 * share:.2f}%",
            **values,
        )
        return HTMLResponse(html)


@cache
def _content(name: str) -> bytes:
    return resources.files(PACKAGE).joinpath("static", name).read_bytes()
