"""Serves the inbox on the loopback interface: GET / is the page, GET /messages the same as JSON, each with ?to=."""

from dataclasses import asdict

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

from local.guard import Guard
from local.inbox.messages import Delivered, delivered
from local.inbox.page import POLICY, page
from local.workspace import HOST, Workspace

_HEADERS = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


def application(here: Workspace) -> Starlette:
    def found(request: Request) -> tuple[list[Delivered], str]:
        to = request.query_params.get("to", "")
        return delivered(here.mail, here.messages, to=to), to

    def show(request: Request) -> HTMLResponse:
        return HTMLResponse(page(*found(request)), headers=_HEADERS)

    def listed(request: Request) -> JSONResponse:
        messages, _ = found(request)
        return JSONResponse([asdict(each) | {"at": each.at.isoformat()} for each in messages], headers=_HEADERS)

    return Starlette(
        routes=[Route("/", show), Route("/messages", listed)],
        middleware=[Middleware(Guard, "")],
    )


def serve(here: Workspace, port: int) -> None:
    """Until Ctrl-C."""
    print(f"  inbox   http://{HOST}:{port}   (Ctrl-C ends it)", flush=True)
    uvicorn.run(application(here), host=HOST, port=port, log_level="warning")
