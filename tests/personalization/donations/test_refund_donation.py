import itertools
from typing import Any

import pytest

from personalization.donations.domain.donations import Donation
from personalization.donations.handlers.refund_donation import handler
from shared.money import Money
from tests.personalization.calls import Answer, called
from tests.personalization.examples import donation, refund_of
from tests.personalization.stores import MemoryStore

pytestmark = pytest.mark.usefixtures("edge")

GIFT = donation(1)  # GBP 10.01, by name
ANONYMOUS = donation(3)
_KEYS = itertools.count()


def refund(
    gift: Donation | str = GIFT,
    amount: object = None,
    *,
    caller: str = "staff-1",
    groups: object = ("staff",),
    key: str | None = None,
    **changes: Any,
) -> Answer:
    body = {"reason": "given twice"} | ({"amount": amount} if amount else {}) | changes
    donation_id = gift if isinstance(gift, str) else gift.donation_id
    resource, path = "/donations/{donationId}/refunds", {"donationId": donation_id}
    key = key or f"refund-{next(_KEYS)}"
    return called(handler, caller, groups=groups, body=body, key=key, path=path, resource=resource)


def pounds(amount: int) -> dict[str, object]:
    return {"amount": amount, "currency": "GBP"}


@pytest.fixture(autouse=True)
def given(store: MemoryStore) -> MemoryStore:
    store.give(GIFT, ANONYMOUS)
    return store


def balance(store: MemoryStore) -> int:
    rows = store.ledger.page("ada", anonymous=True, after=None, limit=100).items
    return sum(row.amount.amount for row in rows if not row.anonymous)


def test_refund_is_a_row_of_its_own_that_takes_away(store: MemoryStore) -> None:
    answer = refund(GIFT, pounds(301))

    assert answer.status == 201
    assert answer.json == {
        "donationId": answer.json["donationId"],
        "userId": "ada",
        "amount": {"amount": -301, "currency": "GBP"},
        "refundOf": GIFT.donation_id,
        "reason": "given twice",
        "anonymous": False,
        "createdAt": answer.json["createdAt"],
        "orderId": None,
        "kind": "refund",
    }
    assert balance(store) == 700
    kept = store.ledger.find(GIFT.donation_id)
    assert kept
    assert kept.refunded == Money(301, "GBP")


def test_refund_without_an_amount_gives_back_all_that_is_left(store: MemoryStore) -> None:
    refund(GIFT, pounds(301))

    assert refund(GIFT).json["amount"] == {"amount": -700, "currency": "GBP"}
    assert balance(store) == 0


def test_more_than_is_left_is_refused_and_what_is_left_is_named(store: MemoryStore) -> None:
    refund(GIFT, pounds(1000))

    answer = refund(GIFT, pounds(2))

    assert (answer.status, answer.fields) == (422, ["amount.amount"])
    assert "GBP 0.01" in answer.json["detail"]
    assert balance(store) == 1


def test_nothing_is_left_to_refund_twice(store: MemoryStore) -> None:
    refund(GIFT)

    assert (refund(GIFT).status, refund(GIFT, pounds(1)).status) == (409, 409)
    assert balance(store) == 0


def test_refund_in_another_currency_is_refused(store: MemoryStore) -> None:
    answer = refund(GIFT, {"amount": 1, "currency": "EUR"})

    assert (answer.status, answer.fields) == (422, ["amount.currency"])
    assert balance(store) == 1001


def test_repetition_of_the_last_refund_gets_its_answer_and_not_its_refusal(store: MemoryStore) -> None:
    first = refund(GIFT, key="key-1")

    assert refund(GIFT, key="key-1") == first
    assert refund(GIFT, key="key-2").status == 409
    assert balance(store) == 0


def test_same_key_for_another_refund_is_refused(store: MemoryStore) -> None:
    refund(GIFT, pounds(1), key="key-1")

    assert refund(GIFT, pounds(2), key="key-1").status == 422
    assert refund(ANONYMOUS, pounds(1), key="key-1", groups=["finance"]).status == 422
    assert balance(store) == 1000


@pytest.mark.parametrize("groups", [[], ["editors"]])
@pytest.mark.parametrize("caller", ["ada", "bob"])
def test_supporters_refund_nothing(store: MemoryStore, caller: str, groups: list[str]) -> None:
    assert refund(GIFT, caller=caller, groups=groups).status == 403
    assert refund("unknown", caller=caller, groups=groups).status == 403
    assert balance(store) == 1001


def test_unknown_gift_is_not_found() -> None:
    assert refund("unknown").status == 404


def test_refund_cannot_be_refunded(store: MemoryStore) -> None:
    back = refund_of(GIFT, 10)
    store.give(back)

    assert refund(back.donation_id).status == 404


def test_anonymous_gift_is_not_there_for_staff_outside_finance() -> None:
    hidden, unknown = refund(ANONYMOUS), refund("unknown")

    assert hidden == unknown
    assert hidden.status == 404


@pytest.mark.parametrize("group", ["finance", "admin"])
def test_finance_staff_refund_anonymous_gifts_as_anonymously(group: str) -> None:
    answer = refund(ANONYMOUS, groups=[group])

    assert (answer.status, answer.json["anonymous"]) == (201, True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": " "}, "reason"),
        ({"reason": "\0"}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"reason": None}, "reason"),
        ({"amount": pounds(0)}, "amount.amount"),
        ({"amount": pounds(-1)}, "amount.amount"),
    ],
)
def test_refund_that_means_nothing_is_refused_with_the_field(changes: dict[str, Any], field: str) -> None:
    answer = refund(GIFT, **changes)

    assert (answer.status, answer.fields) == (422, [field])
