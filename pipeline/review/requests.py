"""What a page may send, checked before it is believed, and who sends it.

A person is known by the name they give, for the log; it is no proof of who they are. Whoever may reach the
desk may give any name: on a shared address the token is the door, not the name.
"""

from __future__ import annotations

import getpass
import re
import secrets
from dataclasses import dataclass, replace
from typing import Annotated, Final, Literal, Self, TypeAlias
from urllib.parse import quote, unquote

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from goaltables.pipeline.given_page import MOST_CELLS, GivenCellJson, GivenTableJson
from goaltables.pipeline.messages import LANGUAGES
from goaltables.pipeline.review.decisions import Action, Name, Text, Uid
from goaltables.pipeline.review.desk import Wish

SESSION: Final = re.compile(r"[0-9a-f]{32}")
MOST_NAME: Final = 80
COOKIE_SECONDS: Final = 365 * 24 * 3600
MOST_TABLES: Final = 50

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]


class BadRequest(Exception):
    """What was sent is not what this address takes."""


class Body(BaseModel):
    """JSON that a page sends: closed to what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Raises BadRequest."""
        try:
            return cls.model_validate_json(data)
        except ValidationError as error:
            raise BadRequest from error


class DecisionBody(Body):
    """A decision about the text `key`."""

    key: str
    action: Action
    text: Text | None = None
    seen: Uid | None = None
    note: Text = ""

    def wish(self) -> Wish:
        return Wish(self.key, self.action, self.text, self.seen, self.note[:500])


class PreviewBody(Body):
    """A text that a person is typing."""

    key: str
    text: Text


class WithdrawBody(Body):
    """A decision whose place is gone."""

    uid: Uid


class RepairBody(Body):
    """A step of a grid's repair: the cells as they are, the operation, the cells it is about, where it
    splits.

    `at` is the place of a split as a share of the cell's height or width.
    """

    cells: Annotated[tuple[GivenCellJson, ...], Field(min_length=1, max_length=MOST_CELLS)]
    operation: Literal["merge", "apart", "rows", "columns"]
    chosen: Annotated[tuple[tuple[int, int], ...], Field(min_length=1, max_length=MOST_CELLS)]
    at: Annotated[float, Field(ge=0, le=1)] = 0.5


class GiveBody(Body):
    """The grid of a page as a person gives it: tables, and parts of the upright page that hold a table.

    `seen` is the version of what was given before.
    """

    tables: Annotated[tuple[GivenTableJson, ...], Field(max_length=MOST_TABLES)]
    seen: Annotated[int, Field(ge=0)]


class DrawBody(Body):
    """A part of the upright page (left, top, width, height; 0 to 1) that a person drew."""

    part: tuple[Share, Share, Share, Share]


class VisitBody(Body):
    """What a person chooses for themselves."""

    name: Name | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at the desk: `session` tells two windows of one person apart from two persons."""

    session: str
    name: str
    language: str
    has_name: bool

    def changed(self, name: str | None, language: str | None) -> Visitor:
        """With another name or language, where they can be that. Raises BadRequest."""
        if name is not None and not (name.strip() and name.isprintable()):
            raise BadRequest
        if language is not None and language not in LANGUAGES:
            raise BadRequest
        known = replace(self, name=name.strip(), has_name=True) if name is not None else self
        return replace(known, language=language or self.language)


class Visitors:
    """Reads and writes the cookies that say who a visitor is. Their names hold the port: cookies do not."""

    def __init__(self, port: int, reviewer: str, language: str) -> None:
        self._prefix = f"goaltables-desk-{port}-"
        self._reviewer = reviewer
        self._language = language

    def of(self, request: Request) -> Visitor:
        session = request.cookies.get(self._prefix + "session", "")
        language = request.cookies.get(self._prefix + "language", "")
        name = unquote(request.cookies.get(self._prefix + "name", ""))[:MOST_NAME]
        has_name = bool(name.strip()) and name.isprintable()
        return Visitor(
            session if SESSION.fullmatch(session) else secrets.token_hex(16),
            name if has_name else self._reviewer,
            language if language in LANGUAGES else self._language,
            has_name,
        )

    def greeted(self, response: Response, visitor: Visitor) -> Response:
        """The answer with the visitor's cookies."""
        values = {"session": visitor.session, "language": visitor.language}
        if visitor.has_name:
            values["name"] = quote(visitor.name)
        for key, value in values.items():
            response.set_cookie(
                self._prefix + key, value, max_age=COOKIE_SECONDS, httponly=True, samesite="strict"
            )
        return response


def user_name() -> str:
    """The user of this session, as a first guess at who reviews."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # no such user in a container
        return "reviewer"
    return name if name.strip() and name.isprintable() else "reviewer"
