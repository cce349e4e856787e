"""Talks to the desk's application in this process, with exactly the headers that a test wants."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from goaltables.pipeline.review.cases import DeskSettings
from goaltables.pipeline.review.desk import Desk
from goaltables.pipeline.review.place import Place
from goaltables.pipeline.review.security import Door
from goaltables.pipeline.review.server import make_app

HOST = "127.0.0.1:8710"
ORIGIN = f"http://{HOST}"
HeaderList = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


class Client:
    """A browser without a window: it keeps cookies and says where it comes from."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.cookies: dict[str, str] = {}

    def get(self, path: str, headers: HeaderList | None = None) -> Answer:
        return self.ask("GET", path, headers if headers is not None else self._usual())

    def post(self, path: str, body: object, headers: HeaderList | None = None) -> Answer:
        data = json.dumps(body).encode() if not isinstance(body, bytes) else body
        usual = [*self._usual(), ("origin", ORIGIN), ("content-type", "application/json")]
        return self.ask("POST", path, headers if headers is not None else usual, data)

    def _usual(self) -> list[tuple[str, str]]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return [
            ("host", HOST),
            ("sec-fetch-site", "same-origin"),
            *([("cookie", cookies)] if cookies else []),
        ]

    def ask(self, method: str, path: str, headers: HeaderList, body: bytes = b"") -> Answer:
        """One request; `path` goes to the application as it is, with whatever is in it."""
        raw, _, query = path.partition("?")
        names = {name for name, _ in headers}
        length = [("content-length", str(len(body)))] if body and "content-length" not in names else []
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "path": raw,
            "raw_path": raw.encode(),
            "query_string": query.encode(),
            "scheme": "http",
            "root_path": "",
            "headers": [(k.encode(), v.encode("latin-1", "replace")) for k, v in [*headers, *length]],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8710),
        }
        # In a thread of its own: a browser that tests drive may have the event loop of this one.
        with ThreadPoolExecutor(1) as thread:
            answer = thread.submit(asyncio.run, _asked(self.app, scope, body)).result()
        for cookie in answer.cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer


async def _asked(app: ASGIApp, scope: dict[str, Any], body: bytes) -> Answer:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start = sent[0]
    pairs = [(k.decode().lower(), v.decode()) for k, v in start["headers"]]
    return Answer(
        start["status"],
        dict(pairs),
        [value for name, value in pairs if name == "set-cookie"],
        b"".join(message.get("body", b"") for message in sent[1:]),
    )


@contextmanager
def opened_desk(
    out: Path, *, share: float = 0.0, below: float = 0.9, inputs: Path | None = None
) -> Iterator[Desk]:
    """A desk of OUT that is at work."""
    desk = Desk(Place(out, inputs=inputs), DeskSettings(below, share))
    try:
        desk.start()
        desk.archive.entries(wait_seconds=10)
        yield desk
    finally:
        desk.close()


@contextmanager
def opened_client(out: Path, *, token: str | None = None, **options: Any) -> Iterator[Client]:
    """A client of a desk of OUT."""
    door = Door.of(["127.0.0.1", "localhost"], 8710, url=None, token=token)
    with opened_desk(out, **options) as desk:
        yield Client(make_app(desk, door, "测试员"))
