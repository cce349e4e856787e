"""Running the desk: its address, its token, its end.

The loopback address is the default and needs no token. Any other address gets one, made anew for each run and
shown with the address: who has the link may review.
"""

from __future__ import annotations

import contextlib
import ipaddress
import secrets
import signal
import socket
import sys
import webbrowser
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import uvicorn

from goaltables.errors import UsageError
from goaltables.pipeline.messages import reason, say
from goaltables.pipeline.review.cases import DeskSettings
from goaltables.pipeline.review.desk import Desk
from goaltables.pipeline.review.page_texts import DEFAULT
from goaltables.pipeline.review.place import Place
from goaltables.pipeline.review.requests import user_name
from goaltables.pipeline.review.security import Door
from goaltables.pipeline.review.server import make_app

LOOPBACK_NAMES: Final = ("127.0.0.1", "localhost", "::1")
LAST_PORT: Final = 65_535
STOP_SECONDS: Final = 3


@dataclass(frozen=True, slots=True)
class Address:
    """Where the desk listens; `url` is the address of a proxy before it. Raises UsageError."""

    host: str
    port: int
    url: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.port <= LAST_PORT:
            raise UsageError(say("review-bad-port", value=self.port))
        if self.url is not None:
            parts = urlsplit(self.url)
            if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
                raise UsageError(say("review-bad-url", value=self.url))

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it (a proxy can lead others to it)."""
        if self.url is not None:
            return False
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_wildcard(self) -> bool:
        return self.host in ("0.0.0.0", "::")  # noqa: S104 - asked for by --host, and then with a token

    def names(self) -> tuple[str, ...]:
        """The names under which a browser may ask for the desk."""
        if self.is_loopback or self.url is not None:
            return (*LOOPBACK_NAMES, self.host)
        if self.is_wildcard:
            return (*LOOPBACK_NAMES, socket.gethostname(), socket.getfqdn())
        return (self.host,)

    def bound(self) -> socket.socket:
        """A socket that listens there. Raises UsageError."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            return socket.create_server((self.host, self.port), family=family)
        except OSError as error:
            raise UsageError(
                say("review-port-taken", port=self.port, host=self.host, reason=reason(error))
            ) from error


def serve(
    place: Place,
    address: Address,
    settings: DeskSettings,
    reviewer: str | None = None,
    *,
    language: str | None = None,
    open_page: bool = False,
) -> None:
    """Serve a desk until it is interrupted. `language` is that of its pages until a person chooses.

    Raises UsageError: the address cannot be used. Raises OutputError: OUT cannot be written.
    """
    with address.bound() as listening:
        port = int(listening.getsockname()[1])
        token = None if address.is_loopback else secrets.token_urlsafe(24)
        door = Door.of(address.names(), port, url=address.url, token=token, any_address=address.is_wildcard)
        desk = Desk(place, settings)
        # uvicorn raises again what ended it, when it has closed: a desk that is told to end has done so.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            desk.start()
            shown = shown_url(address, port, token)
            print(say("review-at", url=shown), file=sys.stderr, flush=True)
            if open_page:
                webbrowser.open(shown)
            app = make_app(desk, door, reviewer or user_name(), language or DEFAULT)
            with contextlib.suppress(KeyboardInterrupt):
                uvicorn.Server(_config(app)).run(sockets=[listening])
        finally:
            not_exported = desk.store.not_exported
            desk.close()
        if not_exported:
            print(say("review-not-exported", count=not_exported, out=place.out), file=sys.stderr)


def shown_url(address: Address, port: int, token: str | None) -> str:
    """The address to open, with the token where one is asked."""
    host = socket.getfqdn() if address.is_wildcard else address.host
    base = address.url or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    return base.rstrip("/") + "/" + (f"?token={token}" if token else "")


def _config(app: object) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # uvicorn's type of an application is narrower than Starlette's
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        loop="asyncio",
        http="h11",
        timeout_graceful_shutdown=STOP_SECONDS,
    )
