"""Payments and figures: what the provider, finance and staff call."""

import json

from stripe import WebhookSignature

from tests.access.matrix import Call, anybody, finance, public_read, row, staff
from tests.access.people import COMMERCE, PERSONALIZATION, unique
from tests.access.world import World


@row(COMMERCE, "POST /webhooks/stripe", {**anybody(200), "keyless": 200})
def receive_webhook(world: World) -> Call:
    """Whoever can sign."""
    about = {"id": unique().replace("-", "_"), "object": "payout"}
    event = {"id": about["id"], "type": "payout.paid", "created": 1, "data": {"object": about}}
    signature = WebhookSignature.generate_signature_header(json.dumps(event), world.webhook_secret)
    return Call(json=event, headers={"Stripe-Signature": signature})


@public_read(COMMERCE, "/gift-aid/declaration")
def get_declaration(_: World) -> Call:
    return Call()


@row(COMMERCE, "GET /admin/gift-aid", finance(200))
def get_gift_aid(_: World) -> Call:
    return Call(query={"from": "2026-11-01", "to": "2026-11-30"})


@row(COMMERCE, "GET /admin/payouts", finance(200))
def get_payouts(_: World) -> Call:
    return Call(query={"month": "2026-11"})


@row(COMMERCE, "GET /admin/figures", staff(200))
@row(PERSONALIZATION, "GET /admin/figures", staff(200))
def get_figures(_: World) -> Call:
    return Call()
