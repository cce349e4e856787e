"""The grids that people gave at the desk, as the reading stage takes them (`ReadSettings.given`)."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter

from goaltables.pipeline.given_page import GivenPage, GivenTableJson
from goaltables.pipeline.review.store import GivenVersion, opened_reviews

TABLES: TypeAdapter[tuple[GivenTableJson, ...]] = TypeAdapter(tuple[GivenTableJson, ...])


def given_pages(out: Path) -> tuple[GivenPage, ...]:
    """Everything that stands as given for documents of OUT. Raises OutputError."""
    store = opened_reviews(out)
    if store is None:
        return ()
    with store:
        return tuple(
            page for sha256, versions in store.all_given().items() for page in pages_of(sha256, versions)
        )


def pages_of(sha256: str, versions: list[GivenVersion]) -> tuple[GivenPage, ...]:
    """What stands for one document; a page for which nothing is given any more is none."""
    found = []
    for version in versions:
        tables = tuple(table.given_table() for table in TABLES.validate_json(version.content))
        if tables:
            found.append(GivenPage(sha256, version.page, tables))
    return tuple(found)
