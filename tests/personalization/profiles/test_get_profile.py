import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from personalization.donations.answers import donations_scope
from personalization.profiles import wiring
from personalization.profiles.domain.profile import Profile
from personalization.profiles.handlers.get_profile import handler
from shared.errors import Malformed, Unavailable
from shared.http.cursors import Cursors
from tests.personalization.examples import a_context, a_supporter, donation
from tests.personalization.fakes import FakeProfiles, FakeSupporters
from tests.shared.gateway_events import ORIGIN, REQUEST_ID, access_claims, rest_event
from tests.shared.http_answers import headers_of
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")

CURSORS = Cursors("a key for tests")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    json: Any


@pytest.fixture(autouse=True)
def profiles(monkeypatch: pytest.MonkeyPatch) -> FakeProfiles:
    """Ada and Bob, and the profiles that the handler reads."""
    fake = FakeProfiles(FakeSupporters(a_supporter("ada"), a_supporter("bob")))
    monkeypatch.setattr(wiring, "profiles", lambda: fake)
    monkeypatch.setattr(wiring, "cursors", lambda: CURSORS)
    return fake


def get_profile(
    caller: str | None = "ada", user_id: str | Sequence[str] | None = "ada", groups: object = None, **claims: object
) -> Answer:
    query = {} if user_id is None else {"userId": user_id}
    event = rest_event(None if caller is None else access_claims(caller, groups, **claims), query)
    answer = handler(event, CONTEXT)
    return Answer(answer["statusCode"], headers_of(answer), json.loads(answer["body"]))


def test_supporter_reads_their_own_profile(profiles: FakeProfiles) -> None:
    given = [donation(0), donation(1)]
    profiles.donations["ada"] += given
    profiles.contexts["ada"] += [a_context(1), a_context(2)]

    answer = get_profile("ada", "ada")

    assert answer.status == 200
    assert answer.json == {
        "userId": "ada",
        "name": "Zoë 山田",
        "email": "ada@example.org",
        "createdAt": "2026-02-03T04:05:06.789Z",
        "preferences": {"channels": ["email", "post"], "frequency": "quarterly"},
        "consent": [
            {"purpose": "newsletter", "granted": True, "recordedAt": "2026-02-03T04:05:06.789Z"},
            {"purpose": "profiling", "granted": False, "recordedAt": "2026-02-04T04:05:06.789Z"},
        ],
        "interests": ["clean water", "education"],
        "version": 7,
        "donations": {
            "items": [
                {
                    "kind": "gift",
                    "orderId": None,
                    "pledge": True,
                    "refunded": {"amount": 0, "currency": "GBP"},
                    "donationId": given[1].donation_id,
                    "userId": "ada",
                    "amount": {"amount": 1001, "currency": "GBP"},
                    "frequency": "monthly",
                    "anonymous": False,
                    "createdAt": "2026-02-03T04:06:06.789Z",
                },
                {
                    "kind": "gift",
                    "orderId": None,
                    "pledge": False,
                    "refunded": {"amount": 0, "currency": "GBP"},
                    "donationId": given[0].donation_id,
                    "userId": "ada",
                    "amount": {"amount": 1000, "currency": "GBP"},
                    "frequency": "one-off",
                    "anonymous": True,
                    "createdAt": "2026-02-03T04:05:06.789Z",
                },
            ],
            "totals": [{"amount": 2001, "currency": "GBP"}],
            "nextCursor": None,
        },
        "context": {
            "version": 2,
            "interests": ["clean water"],
            "intents": ["give monthly"],
            "facts": ["learned in conversation 2", "lives in Leeds"],
            "updatedAt": "2026-02-03T06:05:06.789Z",
        },
    }


def test_newcomer_gets_an_empty_history_and_context() -> None:
    profile = get_profile("ada", "ada").json

    assert profile["donations"] == {"items": [], "totals": [], "nextCursor": None}
    assert profile["context"] == {"version": 0, "interests": [], "intents": [], "facts": [], "updatedAt": None}


def test_profile_is_not_kept_by_browsers_and_proxies() -> None:
    headers = get_profile().headers

    assert headers["Content-Type"] == "application/json"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Access-Control-Allow-Origin"] == ORIGIN


def test_longer_history_names_the_cursor_of_the_next_page(profiles: FakeProfiles) -> None:
    given = [donation(number) for number in range(21)]
    profiles.donations["ada"] += given

    donations = get_profile("ada", "ada").json["donations"]

    assert len(donations["items"]) == 20
    assert CURSORS.read(donations_scope("ada"), donations["nextCursor"]) == given[1].donation_id


def test_cursor_of_one_supporter_is_refused_for_another(profiles: FakeProfiles) -> None:
    profiles.donations["ada"] += [donation(number) for number in range(21)]

    cursor = get_profile("ada", "ada").json["donations"]["nextCursor"]

    with pytest.raises(Malformed):
        CURSORS.read(donations_scope("bob"), cursor)


def test_supporter_cannot_tell_another_supporter_from_nobody() -> None:
    of_another, of_nobody = get_profile("ada", "bob"), get_profile("ada", "nobody")

    assert of_another == of_nobody
    assert of_another.status == 404
    assert of_another.headers["Content-Type"] == "application/problem+json"
    assert of_another.json == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such supporter.",
        "instance": f"urn:request:{REQUEST_ID}",
    }


def test_supporter_whose_record_has_not_been_made_yet_gets_404() -> None:
    assert get_profile("newcomer", "newcomer").status == 404


@pytest.mark.parametrize("groups", [["staff"], "[staff editors]", "admin,editors"])
def test_staff_read_any_profile(groups: object) -> None:
    answer = get_profile("staff-1", "bob", groups)

    assert answer.status == 200
    assert answer.json["userId"] == "bob"


def test_staff_hear_of_nobody_that_there_is_no_such_supporter() -> None:
    assert get_profile("staff-1", "nobody", ["staff"]).status == 404


@pytest.mark.parametrize("groups", [[], ["editors"], "[editors]", ["Staff"], "staffordshire"])
def test_other_groups_give_no_access(groups: object) -> None:
    assert get_profile("ada", "bob", groups).status == 404


@pytest.mark.parametrize("user_id", [None, "", "   ", ["ada", "bob"], ["ada", "ada"]])
def test_user_id_must_be_given_once(user_id: str | Sequence[str] | None) -> None:
    answer = get_profile("ada", user_id)

    assert answer.status == 400
    assert [error["field"] for error in answer.json["errors"]] == ["userId"]


@pytest.mark.parametrize("user_id", ["ADA", "ada ", " ada", "ada\0", "*"])
def test_user_id_is_taken_as_it_is(user_id: str) -> None:
    assert get_profile("ada", user_id).status == 404


@pytest.mark.parametrize("user_id", [None, "ada", "bob"])
def test_nobody_reads_anything_without_signing_in(user_id: str | None) -> None:
    answer = get_profile(None, user_id)

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("claims", [{"token_use": "id"}, {"client_id": "another"}, {"sub": None}])
def test_claims_of_another_kind_of_token_are_refused(claims: dict[str, object]) -> None:
    assert get_profile("ada", "ada", **claims).status == 401


def test_busy_store_asks_the_caller_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    class BusyProfiles:
        def find(self, user_id: str, *, anonymous: bool) -> Profile | None:  # noqa: ARG002
            raise Unavailable(f"The data store is busy; nothing was changed. {len(user_id)}", retry_after_seconds=2)

    monkeypatch.setattr(wiring, "profiles", BusyProfiles)

    answer = get_profile()

    assert answer.status == 503
    assert answer.headers["Retry-After"] == "2"


def test_broken_record_is_an_internal_error_that_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class BrokenProfiles:
        def find(self, user_id: str, *, anonymous: bool) -> Profile | None:  # noqa: ARG002
            raise ValueError(f"{user_id}: Invalid isoformat string")

    monkeypatch.setattr(wiring, "profiles", BrokenProfiles)

    answer = get_profile()

    assert answer.status == 500
    assert "isoformat" not in json.dumps(answer.json)
