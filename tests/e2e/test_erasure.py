"""Somebody is erased, on the deployed platform: every context forgets, and an old event brings nobody back."""

import json
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.access.world import World
from tests.e2e.clients import PASSWORD, Api, Platform, User, eventually, is_problem
from tests.e2e.help_mail import HelpDesk
from tests.e2e.live import Socket
from tests.e2e.mentions import logical, mentions
from tests.knowledge_base.mail.examples import eml

pytestmark = pytest.mark.platform

KEPT = {
    "AccessEndsTable",
    "DonationsTable",
    "ErasuresTable",
    "OrdersTable",
    "StockMovementsTable",
    "TombstonesTable",
}
"""Those that may name an erased user."""
KEPT_BY_HELP_DESK = {
    "AccessEndsTable",
    "CustomerVersionsTable",
    "IdempotencyTable",
    "StrangersTable",
    "TombstonesTable",
}
EXPIRING = {
    "IdempotencyTable",
    "RunsTable",
    "FramesTable",
    "TicketsTable",
    "BudgetsTable",
    "CheckoutsTable",
    "CustomerVersionsTable",
    "ProposalsTable",
    "StrangersTable",
}


@pytest.fixture
def communications(platform: Platform) -> Callable[[User], Api]:
    return lambda user: Api(platform.outputs["apis"]["communications"], None, user.access_token)


def test_erased_person_is_out_within_seconds_and_nothing_of_them_is_left(
    platform: Platform, communications: Callable[[User], Api], personalization: Callable[..., Api], admin: User
) -> None:
    world = World(platform)
    world.order_id  # noqa: B018  delivered to an address
    world.agent_run_id  # noqa: B018  a conversation
    world.support_run  # noqa: B018  a chat
    person, staff, tracking = world.users["supporter"], world.users["staff"], secrets.token_hex(8)
    assert person
    assert staff
    gift = {"userId": person.user_id, "amount": {"amount": 2500, "currency": "GBP"}}
    world.done("personalization", "POST", "/donations", gift, "staff")
    registered = _registration_of(person, "Rosa Martínez")
    question = {"subject": "My parcel", "body": f"It has the number {tracking}.", "channel": "web"}
    world.done("knowledge_base", "POST", "/tickets", question, "supporter")
    platform.verify(person)
    help_desk, subject = HelpDesk(platform), f"Parcel {secrets.token_hex(6)}"
    help_desk.receive(eml(f"It is {tracking}!", sender=person.email, verified=False, subject=subject))
    eventually(lambda: help_desk.found(staff, subject))
    fulfilled = f"/admin/orders/{world.order_id}/fulfilments"
    world.done("commerce", "POST", fulfilled, {"carrier": "Post", "tracking": tracking})

    began = time.monotonic()
    assert communications(person)("DELETE", "/users/me").status_code == 202
    assert communications(person).get("/users/me").status_code == 401
    eventually(lambda: personalization(person).get(f"/profile?userId={person.user_id}").status_code == 401)
    shop = world.api("commerce", "supporter")
    eventually(lambda: shop.get("/orders").status_code == 401)
    identity = Api(platform.outputs["apis"]["identity"], None, person.access_token)
    eventually(lambda: identity.get("/users").status_code == 401)
    assert time.monotonic() - began < 5
    with pytest.raises(ClientError):
        platform.sign_in(person.email, PASSWORD)

    eventually(lambda: platform.has_erased(person))
    is_problem(communications(admin).get(f"/users/{person.user_id}"), 404)
    is_problem(personalization(admin).get(f"/profile?userId={person.user_id}"), 404)
    assert not help_desk.found(staff, subject), "what nobody was sure to be theirs goes, too"
    left = dict(mentions(platform, [person.user_id, person.email, tracking]))
    assert {logical(table) for table in left} <= KEPT | EXPIRING, left.keys()
    assert {logical(table) for table in left if "-KnowledgeBase-" in table} <= KEPT_BY_HELP_DESK, left.keys()
    order = world.done("commerce", "GET", f"/admin/orders?q={world.order_id}")["items"][0]
    assert (order.get("delivery"), order["total"]["amount"] > 0) == (None, True)

    for _ in range(2):
        _publish(platform, "almoner.identity", "UserRegistered", registered)
    marker = _registration_of(platform.sign_up("Later Person"), "Later Person")
    newcomer = marker["userId"]
    eventually(lambda: communications(admin).get(f"/users/{newcomer}").status_code == 200)
    is_problem(communications(admin).get(f"/users/{person.user_id}"), 404)
    is_problem(personalization(admin).get(f"/profile?userId={person.user_id}"), 404)


@pytest.mark.parametrize("context", ["personalization", "commerce", "communications"])
def test_no_socket_opens_with_a_ticket_of_somebody_who_was_erased(
    context: str, platform: Platform, communications: Callable[[User], Api]
) -> None:
    world = World(platform)
    ada, ben = world.newcomer(), world.newcomer()
    hers, his = (Api(platform.outputs["apis"][context], platform.api_key, user.access_token) for user in (ada, ben))
    opened = hers("POST", "/connections").json()
    assert communications(ada)("DELETE", "/users/me").status_code == 202
    eventually(lambda: hers("POST", "/connections").status_code == 401)

    for ticket in (opened["ticket"], "made-up"):
        with pytest.raises(InvalidStatus):
            connect(f"{opened['url']}?{urlencode({'ticket': ticket})}")
    with Socket(his) as live:
        live.send("ping")
        assert live.receive()["type"] == "pong"


def _registration_of(user: User, name: str) -> dict[str, Any]:
    data = {"name": name, "email": user.email}
    return {
        "id": secrets.token_hex(8),
        "version": 1,
        "occurredAt": "2026-01-01T00:00:00.000Z",
        "userId": user.user_id,
        "data": data,
    }


def _publish(platform: Platform, source: str, name: str, detail: dict[str, Any]) -> None:
    entry = {"EventBusName": platform.stack["EventBusName"], "Source": source, "DetailType": name}
    answer = platform.aws("events").put_events(Entries=[entry | {"Detail": json.dumps(detail)}])
    assert answer["FailedEntryCount"] == 0
