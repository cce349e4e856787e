"""Who may talk to the desk: a browser on this machine, from the desk's own pages, and nobody through it.

The desk listens on the loopback address. That alone does not keep a web page of the same browser out: it can
send requests to 127.0.0.1, and a name that it controls can be made to point there. So every request is asked
for whom it is meant (Host), from which page it comes (Origin, Sec-Fetch-Site), and, where others can reach
the desk, for a token.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from goaltables.pipeline.messages import say

METHODS: Final = frozenset({"GET", "HEAD", "POST"})
MOST_BODY_BYTES: Final = 2_000_000

# Everything from the desk itself, and nothing else: no inline script or style, no frame, no form that leaves.
CONTENT_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True, slots=True)
class Door:
    """Under which addresses the desk answers (``host:port``), its pages' origins, and the token, if one is
    asked.

    `any_address`: it also answers under bare IP addresses, which no name can be made to point to.
    """

    port: int
    hosts: frozenset[str]
    origins: frozenset[str]
    token: str | None = field(default=None, repr=False)
    any_address: bool = False

    @classmethod
    def of(
        cls, names: Iterable[str], port: int, *, url: str | None, token: str | None, any_address: bool = False
    ) -> Door:
        """The door of a desk under `names` at `port`; `url` is the address of a proxy before it."""
        hosts = {f"{_in_url(name)}:{port}".lower() for name in names}
        origins = {f"http://{host}" for host in hosts}
        if url is not None:
            parts = urlsplit(url)
            hosts.add(parts.netloc.lower())
            origins.add(f"{parts.scheme}://{parts.netloc}".lower())
        return cls(port, frozenset(hosts), frozenset(origins), token, any_address)

    @property
    def cookie(self) -> str:
        """The cookie that holds the token: cookies do not tell ports apart, so its name does."""
        return f"goaltables-desk-{self.port}"

    def admits_host(self, host: str) -> bool:
        return host.lower() in self.hosts or (self.any_address and _is_address(host, self.port))

    def admits_origin(self, origin: str, host: str) -> bool:
        """Whether a page of this origin is the desk's own, asked under `host`."""
        known = origin.lower() in self.origins
        return known or (self.admits_host(host) and origin.lower() == f"http://{host.lower()}")


def _in_url(name: str) -> str:
    return f"[{name}]" if ":" in name else name


def _is_address(host: str, port: int) -> bool:
    name, _, of_host = host.rpartition(":")
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return of_host == str(port)


class Guard:
    """Lets a request through to the desk, or says why not. Puts the protecting headers on every answer."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # web sockets: the desk has none

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        answer = self._answer(scope)
        await (answer or self._app)(scope, receive, send_guarded)

    def _answer(self, scope: Scope) -> Response | None:
        """The refusal, or the way in with a token; None: let it through."""
        headers = Headers(scope=scope)
        reason = refusal(self._door, scope["method"], headers)
        if reason is not None:
            return PlainTextResponse(reason, status_code=403)
        if self._door.token is None or self._has_token(headers):
            return None
        given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])[0]
        if scope["method"] != "GET" or not hmac.compare_digest(given.encode(), self._door.token.encode()):
            return PlainTextResponse(say("refused-token"), status_code=401)
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(self._door.cookie, self._door.token, httponly=True, samesite="strict")
        return response

    def _has_token(self, headers: Headers) -> bool:
        try:
            kept = SimpleCookie(headers.get("cookie", "")).get(self._door.cookie)
        except CookieError:
            return False
        expected = (self._door.token or "").encode()
        return kept is not None and hmac.compare_digest(kept.value.encode(), expected)


def refusal(door: Door, method: str, headers: Headers) -> str | None:
    """Why a request is not for the desk, or not from its own pages; None when it is."""
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not door.admits_host(hosts[0]):
        return say("refused-host")
    if method not in METHODS:
        return say("refused-method")
    # A browser says where a request comes from; "none" is a typed address or a bookmark.
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", *(("none",) if method != "POST" else ())):
        return say("refused-page")
    origin = headers.get("origin")
    if origin is not None and not door.admits_origin(origin, hosts[0]):
        return say("refused-page")
    if method == "POST":
        if origin is None:
            return say("refused-origin")
        if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return say("refused-type")
        length = headers.get("content-length", "")
        if not length.isdigit() or int(length) > MOST_BODY_BYTES:
            return say("refused-length")
    return None
