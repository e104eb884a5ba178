from typing import Any

import pytest

from personalization.donations.handlers.give_donation import handler
from tests.personalization.calls import Answer, called
from tests.personalization.stores import MemoryStore

pytestmark = pytest.mark.usefixtures("edge")


def gift(user_id: str = "ada", **changes: Any) -> dict[str, object]:
    return {"userId": user_id, "amount": {"amount": 1299, "currency": "GBP"}} | changes


def give(body: object, caller: str | None = "priya", key: str | None = "key-1", groups: object = ("staff",)) -> Answer:
    return called(handler, caller, groups=groups, body=body, key=key)


def rows(store: MemoryStore, user_id: str = "ada") -> list[Any]:
    return list(store.ledger.page(user_id, anonymous=True, after=None, limit=100).items)


def test_gift_is_one_off_and_by_name_where_nothing_else_is_said(store: MemoryStore) -> None:
    answer = give(gift())

    [row] = rows(store)
    assert answer.status == 201
    assert answer.json == {
        "donationId": row.donation_id,
        "userId": "ada",
        "amount": {"amount": 1299, "currency": "GBP"},
        "frequency": "one-off",
        "anonymous": False,
        "createdAt": answer.json["createdAt"],
        "refunded": {"amount": 0, "currency": "GBP"},
        "orderId": None,
        "pledge": False,
        "kind": "gift",
    }


def test_monthly_and_anonymous_gifts_are_kept_as_such(store: MemoryStore) -> None:
    answer = give(gift(frequency="monthly", anonymous=True))

    [row] = rows(store)
    assert (answer.json["frequency"], answer.json["pledge"], answer.json["anonymous"]) == ("monthly", True, True)
    assert (row.frequency, row.anonymous) == ("monthly", True)


@pytest.mark.parametrize("group", ["staff", "finance", "admin"])
def test_staff_record_gifts_of_anyone(store: MemoryStore, group: str) -> None:
    assert give(gift("bob"), caller="staff-1", groups=[group]).status == 201
    assert len(rows(store, "bob")) == 1


@pytest.mark.parametrize("user_id", ["ada", "bob", "nobody"])
def test_supporters_give_in_the_shop_and_not_here(store: MemoryStore, user_id: str) -> None:
    assert give(gift(user_id), caller="ada", groups=None).status == 403
    assert rows(store, user_id) == []


def test_staff_hear_of_nobody_that_there_is_no_such_supporter(store: MemoryStore) -> None:
    assert give(gift("nobody"), caller="staff-1", groups=["staff"]).status == 404
    assert rows(store, "nobody") == []


@pytest.mark.parametrize("key", [None, "", "two words", "über", "tab\t", "x" * 256])
def test_key_that_is_none_is_refused(store: MemoryStore, key: str | None) -> None:
    answer = give(gift(), key=key)

    assert (answer.status, answer.fields) == (400, ["Idempotency-Key"])
    assert rows(store) == []


@pytest.mark.parametrize("key", ["x", "x" * 255, "!~", "{}"])
def test_any_visible_ascii_is_a_key(store: MemoryStore, key: str) -> None:
    assert give(gift(), key=key).status == 201
    assert len(rows(store)) == 1


def test_repetition_gets_the_first_answer_and_gives_nothing_more(store: MemoryStore) -> None:
    first = give(gift())

    again = give({"amount": {"currency": "GBP", "amount": 1299}, "userId": "ada"})

    assert again == first
    assert len(rows(store)) == 1


def test_same_key_for_another_gift_is_refused(store: MemoryStore) -> None:
    give(gift())

    answer = give(gift(amount={"amount": 1300, "currency": "GBP"}))

    assert (answer.status, answer.fields) == (422, ["Idempotency-Key"])
    assert len(rows(store)) == 1


def test_key_of_another_is_ones_own(store: MemoryStore) -> None:
    assert give(gift("ada"), caller="priya").json["userId"] == "ada"
    assert give(gift("bob"), caller="tom").json["userId"] == "bob"
    assert (len(rows(store, "ada")), len(rows(store, "bob"))) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": {"amount": 0, "currency": "GBP"}}, "amount.amount"),
        ({"amount": {"amount": -1, "currency": "GBP"}}, "amount.amount"),
        ({"amount": {"amount": 12.5, "currency": "GBP"}}, "amount.amount"),
        ({"amount": {"amount": 12.0, "currency": "GBP"}}, "amount.amount"),
        ({"amount": {"amount": "12", "currency": "GBP"}}, "amount.amount"),
        ({"amount": {"amount": True, "currency": "GBP"}}, "amount.amount"),
        ({"amount": {"amount": 10**11 + 1, "currency": "GBP"}}, "amount.amount"),
        ({"amount": {"amount": 1, "currency": "gbp"}}, "amount.currency"),
        ({"amount": {"amount": 1, "currency": "XYZ"}}, "amount.currency"),
        ({"amount": {"amount": 1, "currency": "XAU"}}, "amount.currency"),
        ({"amount": {"amount": 1}}, "amount.currency"),
        ({"amount": 12}, "amount"),
        ({"frequency": "weekly"}, "frequency"),
        ({"frequency": None}, "frequency"),
        ({"anonymous": 1}, "anonymous"),
        ({"anonymous": "yes"}, "anonymous"),
        ({"note": "hello"}, "note"),
        ({"userId": ""}, "userId"),
    ],
)
def test_gift_that_means_nothing_is_refused_with_the_field(
    store: MemoryStore, changes: dict[str, Any], field: str
) -> None:
    answer = give(gift(**changes))

    assert (answer.status, answer.fields) == (422, [field])
    assert rows(store) == []


@pytest.mark.usefixtures("store")
def test_largest_amount_can_be_given() -> None:
    assert give(gift(amount={"amount": 10**11, "currency": "GBP"})).status == 201


@pytest.mark.usefixtures("store")
def test_nobody_gives_without_signing_in() -> None:
    assert give(gift(), caller=None, groups=None).status == 401
