"""The stand-in's own routes: its settings, what customers and banks do, and the page of 3-D Secure."""

import html
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from local.payments.account import Account
from local.payments.errors import Json, Refusal

if TYPE_CHECKING:
    from local.payments.server import StandIn

_PAGE = Template("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Confirm your payment</title>
<style>
  body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 26rem; margin: 4rem auto; padding: 0 1rem }
  button { font: inherit; padding: .6rem 1.2rem; margin-right: .6rem }
</style>
<h1>Confirm your payment</h1>
<p>This page stands in for your bank. A payment of <strong>$amount</strong> waits for you.</p>
<form method="post">
  <button name="passed" value="true">Complete authentication</button>
  <button name="passed" value="false">Fail authentication</button>
</form>
</html>
""")
_DONE = "<!doctype html><title>Done</title><p>You can close this page.</p>"


def is_control(path: str) -> bool:
    """Whether it needs the key: what customers' browsers show does not."""
    return path.startswith("/_payments/") and not path.startswith(("/_payments/ready", "/_payments/authenticate/"))


@dataclass(frozen=True)
class Call:
    """`id` is that of the path, `given` the JSON or the form that was sent."""

    id: str
    given: Mapping[str, Any]


class Control:
    def __init__(self, stand_in: "StandIn") -> None:
        self._stand_in = stand_in

    @property
    def routes(self) -> list[Route]:
        return [
            self._route("GET", "/ready", self._ready),
            self._route("PUT", "/webhooks", self._put_webhooks),
            self._route("POST", "/webhooks/release", self._release),
            self._route("GET", "/webhooks/deliveries", self._deliveries),
            self._route("POST", "/faults", self._add_fault),
            self._route("DELETE", "/faults", self._forget_faults),
            self._route("POST", "/pass-time", self._pass_time),
            self._route("POST", "/charges/{id}/dispute", self._dispute),
            self._route("POST", "/disputes/{id}/decide", self._decide),
            self._route("POST", "/payouts", self._pay_out),
            self._route("GET", "/authenticate/{id}", self._show_page),
            self._route("POST", "/authenticate/{id}", self._authenticate),
        ]

    def _route(self, verb: str, path: str, work: Callable[[Call], Awaitable[Response]]) -> Route:
        async def answer(request: Request) -> Response:
            try:
                return await work(Call(request.path_params.get("id", ""), await _sent(request)))
            except Refusal as refusal:
                return JSONResponse(refusal.body, refusal.status)
            except (TypeError, ValueError) as error:
                return JSONResponse(Refusal(f"Invalid request: {error}").body, 400)

        return Route(f"/_payments{path}", answer, methods=[verb])

    # --- The stand-in

    async def _ready(self, _: Call) -> Response:
        return JSONResponse({"ready": True})

    async def _put_webhooks(self, call: Call) -> Response:
        self._stand_in.webhooks.change(call.given)
        return JSONResponse(vars(self._stand_in.webhooks.settings) | {"secret": "…"})

    async def _release(self, call: Call) -> Response:
        released = self._stand_in.webhooks.release(call.given.get("order", "made"), call.given.get("seed", 0))
        return JSONResponse({"released": released})

    async def _deliveries(self, _: Call) -> Response:
        await self._stand_in.webhooks.delivered()
        return JSONResponse(self._stand_in.webhooks.attempts)

    async def _add_fault(self, call: Call) -> Response:
        self._stand_in.faults.add(call.given)
        return JSONResponse(self._stand_in.faults.all())

    async def _forget_faults(self, _: Call) -> Response:
        self._stand_in.faults.forget()
        return JSONResponse([])

    # --- Customers and their banks

    async def _pass_time(self, _: Call) -> Response:
        self._stand_in.pass_time(0)
        return JSONResponse({})

    async def _dispute(self, call: Call) -> Response:
        return self._change(lambda account: account.dispute(self._stand_in.store.require("charge", call.id)))

    async def _decide(self, call: Call) -> Response:
        outcome = call.given.get("outcome")
        if outcome not in {"won", "lost"}:
            raise Refusal("A dispute is won or lost.", param="outcome")
        return self._change(lambda account: account.decide(self._stand_in.store.require("dispute", call.id), outcome))

    async def _pay_out(self, call: Call) -> Response:
        return self._change(lambda account: account.pay_out(call.given.get("currency", "gbp")))

    async def _show_page(self, call: Call) -> Response:
        intent = self._stand_in.store.require("payment_intent", call.id)
        if intent["status"] != "requires_action":
            return HTMLResponse(_DONE)
        amount = f"{intent['amount'] / 100:,.2f} {intent['currency'].upper()}"
        return HTMLResponse(_PAGE.substitute(amount=html.escape(amount)))

    async def _authenticate(self, call: Call) -> Response:
        intent, passed = self._stand_in.store.require("payment_intent", call.id), call.given.get("passed") == "true"
        self._change(lambda account: account.authenticate(intent, passed=passed))
        back = (intent["next_action"] or {}).get("redirect_to_url", {}).get("return_url")
        if not back:
            return HTMLResponse(_DONE)
        query = {"payment_intent": intent["id"], "payment_intent_client_secret": intent["client_secret"]}
        return RedirectResponse(f"{back}{'&' if '?' in back else '?'}{urlencode(query)}", 303)

    def _change(self, work: Callable[[Account], Json]) -> Response:
        with self._stand_in.store.transaction():
            changed = work(self._stand_in.account)
        self._stand_in.webhooks.publish_new()
        return JSONResponse(changed)


async def _sent(request: Request) -> Mapping[str, Any]:
    body = await request.body()
    if request.headers.get("content-type", "").startswith("application/json"):
        return dict(json.loads(body or b"{}"))
    return dict(parse_qsl(body.decode()))
