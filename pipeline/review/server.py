"""The desk on the wire: pages, pictures and JSON, behind the guard of `goaltables.pipeline.review.security`.

    /                                         the queue
    /documents/SHA256                         a document, text by text
    /api/…                                    JSON for the pages
    /pictures/SHA256/PAGE[/X0,Y0,X1,Y1]       a page, or a part of it in page units
    /static/FILE                              the few files of the desk itself

An address names a document by the hash of its bytes and nothing else: no path of the machine is made from it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from goaltables.pipeline.review.desk import Desk, NotThere
from goaltables.pipeline.review.exchange import lines_of
from goaltables.pipeline.review.grid_desk import GridDesk
from goaltables.pipeline.review.grid_repair import CannotRepair
from goaltables.pipeline.review.page_texts import DEFAULT
from goaltables.pipeline.review.pages import Pages
from goaltables.pipeline.review.pictures import NoPicture
from goaltables.pipeline.review.requests import (
    BadRequest,
    Body,
    DecisionBody,
    DrawBody,
    GiveBody,
    PreviewBody,
    RepairBody,
    VisitBody,
    Visitors,
    WithdrawBody,
)
from goaltables.pipeline.review.security import Door, Guard
from goaltables.pipeline.review.store import Superseded
from goaltables.pipeline.review.views import decision_json

SHA256: Final = re.compile(r"[0-9a-f]{64}")
_NUMBER: Final = r"[0-9]{1,6}(?:\.[0-9]{1,3})?"
CROP: Final = re.compile(rf"({_NUMBER}),({_NUMBER}),({_NUMBER}),({_NUMBER})")
MOST_WANTED: Final = 200
PICTURE_TYPE: Final = "image/jpeg"
NO_PICTURE: Final = "X-No-Picture"  # why there is none


def make_app(desk: Desk, door: Door, reviewer: str, language: str = DEFAULT) -> Starlette:
    """The application. `reviewer` and `language` are those of who has not chosen theirs yet."""
    routes = Routes(desk, Pages(), Visitors(door.port, reviewer, language))
    return Starlette(routes=routes.all(), middleware=[Middleware(Guard, door)])


class Routes:
    """The addresses of the desk."""

    def __init__(self, desk: Desk, pages: Pages, visitors: Visitors) -> None:
        self._desk = desk
        self._pages = pages
        self._visitors = visitors
        self._grids = GridDesk(desk)

    def all(self) -> list[Route]:
        def get(path: str, answer: Callable[[Request], Response]) -> Route:
            return Route(path, _in_thread(answer), methods=["GET"])

        def post(path: str, kind: type[Body], answer: Callable[[Request, Any], Response]) -> Route:
            return Route(path, _with_body(kind, answer), methods=["POST"])

        document = "/api/documents/{sha256}"
        page = document + "/pages/{page:int}"
        return [
            get("/", self._queue_page),
            get("/documents/{sha256}", self._document_page),
            get("/static/{name}", self._static),
            get("/pictures/{sha256}/{page:int}", self._picture),
            get("/pictures/{sha256}/{page:int}/{crop}", self._picture),
            get("/decisions.jsonl", self._decisions_file),
            get("/api/next/{sha256}", self._next_document),
            get(document, self._document),
            get(document + "/tables/{number:int}", self._table),
            get(document + "/presence", self._presence),
            post(document + "/decisions", DecisionBody, self._decide),
            post(document + "/preview", PreviewBody, self._preview),
            post(document + "/withdraw", WithdrawBody, self._withdraw),
            post("/api/visit", VisitBody, self._visit),
            get(page + "/grid", self._grid),
            post(page + "/grid", GiveBody, self._give_grid),
            post(page + "/repair", RepairBody, self._repair_grid),
            post(page + "/drawn", DrawBody, self._draw_table),
            get("/api/jobs/{key}", self._job),
        ]

    # ---------------------------------------------------------------------------------------------- pages

    def _queue_page(self, request: Request) -> Response:
        visitor = self._visitors.of(request)
        wanted = request.query_params.get("q", "")[:MOST_WANTED]
        queue = self._desk.queue(wanted, only_waiting="all" not in request.query_params)
        page = self._pages.queue(queue, self._desk.agreement(), visitor)
        return self._visitors.greeted(page, visitor)

    def _document_page(self, request: Request) -> Response:
        visitor = self._visitors.of(request)
        document = self._desk.document(_sha256(request))
        return self._visitors.greeted(self._pages.document(document, visitor), visitor)

    def _static(self, request: Request) -> Response:
        found = self._pages.static(request.path_params["name"])
        if found is None:
            raise NotThere(request.path_params["name"])
        content, media_type = found
        return _unless_known(request, content, media_type)

    def _picture(self, request: Request) -> Response:
        crop = None
        if "crop" in request.path_params:
            match = CROP.fullmatch(request.path_params["crop"])
            if match is None:
                raise NotThere(request.path_params["crop"])
            crop = (float(match[1]), float(match[2]), float(match[3]), float(match[4]))
        try:
            picture = self._desk.picture(_sha256(request), request.path_params["page"], crop)
        except NoPicture as error:
            # No failure of the desk, which goes on from the record: a browser writes none to its console.
            return Response(status_code=204, headers={NO_PICTURE: error.cause})
        return _unless_known(request, picture, PICTURE_TYPE)

    def _decisions_file(self, _request: Request) -> Response:
        headers = {"Content-Disposition": "attachment; filename=decisions.jsonl"}
        text = "".join(lines_of(self._desk.store))
        return Response(text, media_type="application/jsonl; charset=utf-8", headers=headers)

    # ------------------------------------------------------------------------------------------------ JSON

    def _next_document(self, request: Request) -> Response:
        return JSONResponse({"sha256": self._desk.next_document(_sha256(request))})

    def _document(self, request: Request) -> Response:
        return JSONResponse(self._desk.document(_sha256(request)))

    def _table(self, request: Request) -> Response:
        return JSONResponse(self._desk.table(_sha256(request), request.path_params["number"]))

    def _presence(self, request: Request) -> Response:
        visitor = self._visitors.of(request)
        return JSONResponse(self._desk.presence(_sha256(request), visitor.session, visitor.name))

    def _decide(self, request: Request, body: DecisionBody) -> Response:
        visitor = self._visitors.of(request)
        sha256 = _sha256(request)
        try:
            return JSONResponse(self._desk.decide(sha256, body.wish(), visitor.name))
        except Superseded as error:
            now = {"current": decision_json(error.current), "document": self._desk.document(sha256)}
            return JSONResponse(now, status_code=409)

    def _preview(self, request: Request, body: PreviewBody) -> Response:
        return JSONResponse(self._desk.preview(_sha256(request), body.key, body.text))

    def _withdraw(self, request: Request, body: WithdrawBody) -> Response:
        visitor = self._visitors.of(request)
        try:
            return JSONResponse(self._desk.withdraw(_sha256(request), body.uid, visitor.name))
        except Superseded as error:
            return JSONResponse({"current": decision_json(error.current)}, status_code=409)

    def _visit(self, request: Request, body: VisitBody) -> Response:
        visitor = self._visitors.of(request).changed(body.name, body.language)
        return self._visitors.greeted(JSONResponse({"name": visitor.name}), visitor)

    # ------------------------------------------------------------------------------------------------ grids

    def _grid(self, request: Request) -> Response:
        return JSONResponse(self._grids.grid(_sha256(request), request.path_params["page"]))

    def _repair_grid(self, request: Request, body: RepairBody) -> Response:
        try:
            return JSONResponse(self._grids.repaired(_sha256(request), request.path_params["page"], body))
        except CannotRepair:
            return PlainTextResponse("422", status_code=422)

    def _draw_table(self, request: Request, body: DrawBody) -> Response:
        return JSONResponse(self._grids.drawn(_sha256(request), request.path_params["page"], body))

    def _give_grid(self, request: Request, body: GiveBody) -> Response:
        visitor = self._visitors.of(request)
        given = self._grids.give(_sha256(request), request.path_params["page"], body, visitor)
        return PlainTextResponse("409", status_code=409) if given is None else JSONResponse(given)

    def _job(self, request: Request) -> Response:
        return JSONResponse(self._grids.job(request.path_params["key"]))


def _sha256(request: Request) -> str:
    """The document that the address names. Raises NotThere."""
    text: str = request.path_params["sha256"]
    if SHA256.fullmatch(text) is None:
        raise NotThere(text)
    return text


def _unless_known(request: Request, content: bytes, media_type: str) -> Response:
    """The content, or "not modified" where the browser has it already."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def _answered(answer: Callable[[], Response]) -> Response:
    try:
        return answer()
    except NotThere:
        return PlainTextResponse("404", status_code=404)
    except BadRequest:
        return PlainTextResponse("400", status_code=400)


def _in_thread(answer: Callable[[Request], Response]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(_answered, lambda: answer(request))

    return endpoint


def _with_body(kind: type[Body], answer: Callable[[Request, Any], Response]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        data = await request.body()
        return await run_in_threadpool(_answered, lambda: answer(request, kind.read(data)))

    return endpoint
