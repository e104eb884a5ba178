import pytest

from personalization.donations.handlers.list_donations import handler
from tests.personalization.calls import Answer, called
from tests.personalization.examples import donation, refund_of
from tests.personalization.stores import MemoryStore

pytestmark = pytest.mark.usefixtures("edge")


def listed(user_id: str | None = "ada", caller: str | None = "ada", groups: object = None, **query: str) -> Answer:
    parameters = query if user_id is None else {"userId": user_id} | query
    return called(handler, caller, groups=groups, query=parameters)


def ids(answer: Answer) -> list[str]:
    return [item["donationId"] for item in answer.json["items"]]


def test_ledger_is_read_page_by_page_from_the_newest(store: MemoryStore) -> None:
    given = [donation(number) for number in range(45)]
    store.give(*given)

    pages = [listed()]
    while pages[-1].json["nextCursor"]:
        pages.append(listed(cursor=pages[-1].json["nextCursor"]))

    assert [len(ids(page)) for page in pages] == [20, 20, 5]
    assert [each for page in pages for each in ids(page)] == [gift.donation_id for gift in reversed(given)]


def test_page_is_as_long_as_the_limit(store: MemoryStore) -> None:
    store.give(*(donation(number) for number in range(101)))

    assert [len(ids(listed(limit=limit))) for limit in ("1", "7", "100")] == [1, 7, 100]


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.5", "", "ten", "٣", "1e1", " 1"])
@pytest.mark.usefixtures("store")
def test_other_lengths_are_refused(limit: str) -> None:
    answer = listed(limit=limit)

    assert (answer.status, answer.fields) == (400, ["limit"])


def test_ledger_of_some_days_has_cursors_of_its_own(store: MemoryStore) -> None:
    given = [donation(number * 24 * 60) for number in range(5)]  # one a day
    store.give(*given)
    days = {"from": given[1].created_at.date().isoformat(), "to": given[3].created_at.date().isoformat()}

    first = listed(limit="2", **days)
    rest = listed(limit="2", cursor=first.json["nextCursor"], **days)

    assert ids(first) + ids(rest) == [gift.donation_id for gift in reversed(given[1:4])]
    assert rest.json["nextCursor"] is None
    assert listed(limit="2", cursor=first.json["nextCursor"]).status == 400


@pytest.mark.usefixtures("store")
def test_days_that_are_none_are_refused() -> None:
    backwards = listed(**{"from": "2026-02-02", "to": "2026-02-01"})
    assert (backwards.status, backwards.fields) == (422, ["from"])
    malformed = listed(**{"from": "yesterday"})
    assert (malformed.status, malformed.fields) == (400, ["from"])


def test_refunds_stand_in_the_ledger(store: MemoryStore) -> None:
    gift = donation(1)
    store.give(gift, refund_of(gift, 500))

    items = listed().json["items"]

    assert [(item["kind"], item["amount"]["amount"]) for item in items] == [("refund", -500), ("gift", 1001)]
    assert items[0]["refundOf"] == gift.donation_id


@pytest.mark.parametrize("what", ["changed", "cut", "nonsense", "empty", "of another"])
def test_cursor_that_this_list_did_not_hand_out_is_refused(store: MemoryStore, what: str) -> None:
    store.give(*(donation(number) for number in range(3)), *(donation(number, "bob") for number in range(3)))
    cursor = listed(limit="1").json["nextCursor"]
    others = listed("bob", "bob", limit="1").json["nextCursor"]
    bad = {"changed": f"A{cursor[1:]}", "cut": cursor[:-4], "nonsense": "x", "empty": "", "of another": others}
    assert bad["changed"] != cursor

    answer = listed(cursor=bad[what])

    assert (answer.status, answer.fields) == (400, ["cursor"])


def test_readers_of_anonymous_gifts_are_the_donor_and_finance_staff(store: MemoryStore) -> None:
    gifts = [donation(number) for number in range(7)]
    store.give(*gifts)
    by_name = [gift.donation_id for gift in reversed(gifts) if not gift.anonymous]
    everything = [gift.donation_id for gift in reversed(gifts)]

    assert ids(listed(caller="ada")) == everything
    assert ids(listed(caller="f", groups=["finance"])) == everything
    assert ids(listed(caller="a", groups=["admin"])) == everything
    assert ids(listed(caller="s", groups=["staff"])) == by_name


def test_pages_of_other_staff_have_no_gaps_where_anonymous_gifts_are(store: MemoryStore) -> None:
    gifts = [donation(number) for number in range(9)]
    store.give(*gifts)

    first = listed(caller="s", groups=["staff"], limit="3")
    second = listed(caller="s", groups=["staff"], limit="3", cursor=first.json["nextCursor"])

    assert (len(ids(first)), len(ids(second)), second.json["nextCursor"]) == (3, 3, None)


@pytest.mark.usefixtures("store")
def test_another_and_nobody_are_not_found() -> None:
    assert listed("bob") == listed("nobody")
    assert listed("bob").status == 404
    assert listed("nobody", "staff-1", ["staff"]).status == 404


@pytest.mark.usefixtures("store")
def test_empty_ledgers_are_lists_too() -> None:
    for caller, groups in (("bob", None), ("staff-1", ["staff"])):
        assert listed("bob", caller, groups).json == {"items": [], "nextCursor": None}
    assert listed("newcomer", "newcomer").json == {"items": [], "nextCursor": None}


@pytest.mark.usefixtures("store")
def test_somebody_has_to_be_named_and_signed_in() -> None:
    assert (listed(None).status, listed("ada", None).status) == (400, 401)
