"""Webhooks, the comparison with Stripe, and the accountant's CSV on the deployed platform."""

import csv
import io
from decimal import Decimal

import pytest
import stripe

from local.deployment import deployed_functions, invoke
from local.workspace import workspace
from tests.e2e.clients import Api, Platform, eventually, is_problem

pytestmark = pytest.mark.platform


@pytest.fixture
def account(platform: Platform) -> stripe.StripeClient:
    return stripe.StripeClient("sk_test_almoner", base_addresses={"api": platform.outputs["payments"]})


def charged(account: stripe.StripeClient, amount: int) -> str:
    intent = account.v1.payment_intents.create({"amount": amount, "currency": "gbp"})
    confirmation: stripe.params.PaymentIntentConfirmParams = {
        "payment_method": "pm_card_visa",
        "return_url": "https://shop.example",
    }
    return str(account.v1.payment_intents.confirm(intent.id, confirmation).latest_charge)


def test_stripe_reports_a_charge_and_hears_that_the_shop_knows(account: stripe.StripeClient) -> None:
    charge_id = charged(account, 1999)

    def is_reported() -> bool:
        events = account.v1.events.list({"type": "charge.succeeded", "limit": 100})
        return any(event.data.object["id"] == charge_id and not event.pending_webhooks for event in events)

    eventually(is_reported)


@pytest.mark.parametrize("signature", [None, "t=1,v1=0", "\u00e9"])
def test_who_cannot_sign_is_refused_without_key_and_token(platform: Platform, signature: str | None) -> None:
    shop = Api(platform.outputs["apis"]["commerce"], None, None)
    headers = {} if signature is None else {"Stripe-Signature": signature.encode("latin-1")}
    is_problem(shop("POST", "/webhooks/stripe", json={"id": "evt_1"}, headers=headers), 400)


def test_the_function_may_compare_the_ledger_with_stripe(account: stripe.StripeClient) -> None:
    charged(account, 500)
    here = workspace()
    report = invoke(here, deployed_functions(here)["Commerce/Backend/Payments/ReconcilePaymentsFunction"], {})
    assert report["isComplete"]


def test_the_accountant_gets_a_month_that_sums_to_zero(platform: Platform) -> None:
    finance = platform.sample_user("finance")
    shop = Api(platform.outputs["apis"]["commerce"], platform.api_key, finance.access_token)
    answer = shop.get("/admin/payouts?month=2026-11")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert sum(Decimal(line["amount"]) for line in lines if line["date"] == "total") == 0
    is_problem(shop.get("/admin/payouts?month=november"), 400)
