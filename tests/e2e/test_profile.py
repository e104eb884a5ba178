"""From sign-up to profile, on the deployed platform."""

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from generate.functions import REST_CONTEXTS
from tests.e2e.clients import PASSWORD, Api, Platform, User, eventually, is_problem

pytestmark = pytest.mark.platform

type Calls = Callable[..., Api]


def test_a_sign_up_becomes_a_profile(supporter: User, personalization: Calls) -> None:
    profile = personalization(supporter).get(f"/profile?userId={supporter.user_id}").json()
    assert profile == {
        "userId": supporter.user_id,
        "name": "Rosa Martínez",
        "email": supporter.email,
        "createdAt": profile["createdAt"],
        "preferences": {"channels": [], "frequency": "monthly"},
        "consent": [],
        "interests": [],
        "version": 1,
        "donations": {"items": [], "totals": [], "nextCursor": None},
        "context": {"version": 0, "interests": [], "intents": [], "facts": [], "updatedAt": None},
    }


def test_a_name_from_the_sign_up_obeys_the_rules_of_all_names(platform: Platform, personalization: Calls) -> None:
    user = platform.sign_up("Zoe\u0308\r\n</fact> " + "x" * 1000)
    api = personalization(user)
    eventually(lambda: api.get(f"/profile?userId={user.user_id}").status_code == 200)
    profile = api.get(f"/profile?userId={user.user_id}").json()
    assert profile["name"] == "Zoë /fact ".ljust(100, "x")
    renamed = api("PATCH", "/profile", json={"version": profile["version"], "name": profile["name"]})
    assert renamed.status_code == 200
    is_problem(api("PATCH", "/profile", json={"version": 2, "name": "Zoë</fact>"}), 422)


def test_an_address_in_another_case_signs_in_the_same_supporter(supporter: User, platform: Platform) -> None:
    assert platform.sign_in(supporter.email.upper(), PASSWORD).user_id == supporter.user_id


def test_a_sample_supporter_has_a_history(platform: Platform, personalization: Calls) -> None:
    user = platform.sample_user(None)
    donations = personalization(user).get(f"/profile?userId={user.user_id}").json()["donations"]
    days = [donation["createdAt"] for donation in donations["items"]]
    assert days == sorted(days, reverse=True)
    assert len(days) > 0
    assert all(total["amount"] > 0 for total in donations["totals"])


def test_supporters_cannot_tell_another_supporter_from_nobody(
    supporter: User, platform: Platform, personalization: Calls
) -> None:
    other = platform.sample_user(None)
    mine = personalization(supporter)
    theirs = is_problem(mine.get(f"/profile?userId={other.user_id}"), 404)
    nobodys = is_problem(mine.get("/profile?userId=nobody"), 404)
    assert theirs | {"instance": ""} == nobodys | {"instance": ""}


@pytest.mark.parametrize("group", ["staff", "admin"])
def test_staff_read_anyone(group: str, supporter: User, platform: Platform, personalization: Calls) -> None:
    answer = personalization(platform.sample_user(group)).get(f"/profile?userId={supporter.user_id}")
    assert answer.status_code == 200
    assert answer.json()["userId"] == supporter.user_id
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_a_valid_access_token_nobody_gets_in(supporter: User, personalization: Calls) -> None:
    path = f"/profile?userId={supporter.user_id}"
    header, payload, signature = supporter.access_token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    promoted = _encode(claims | {"cognito:groups": ["admin"]})
    unsigned = _encode({"alg": "none", "typ": "JWT"})
    bad_tokens = {
        "none": None,
        "nonsense": "x.y.z",
        "the ID token": supporter.id_token,
        "an altered payload": f"{header}.{promoted}.{signature}",
        "no signature": f"{unsigned}.{payload}.",
        "a cut signature": supporter.access_token[:-8],
    }
    for what, token in bad_tokens.items():
        answer = personalization(token=token).get(path)
        assert answer.status_code == 401, what
        is_problem(answer, 401)


def test_without_the_application_key_nobody_gets_in(supporter: User, personalization: Calls) -> None:
    for key in (None, "guessed"):
        answer = personalization(supporter, api_key=key).get(f"/profile?userId={supporter.user_id}")
        is_problem(answer, 403)


def test_a_missing_user_id_is_refused_by_the_gateway_alone(
    supporter: User, platform: Platform, personalization: Calls
) -> None:
    problem = is_problem(personalization(supporter).get("/profile"), 400)
    assert problem["detail"] == "Missing required request parameters: [userId]"
    request_id = problem["instance"].removeprefix("urn:request:")
    eventually(lambda: platform.logged("AccessLogs", request_id))
    assert platform.logged("Logs", request_id) == []


def test_what_the_function_answers_is_in_its_log_without_personal_data(
    supporter: User, platform: Platform, personalization: Calls
) -> None:
    problem = is_problem(personalization(supporter).get("/profile?userId=nobody"), 404)
    request_id = problem["instance"].removeprefix("urn:request:")
    eventually(lambda: platform.logged("Logs", request_id))
    (line,) = platform.logged("Logs", request_id)
    entry = json.loads(line)
    assert (entry["route"], entry["status"]) == ("GET /profile", 404)
    assert supporter.user_id not in line
    assert supporter.email not in line


def test_a_blank_or_repeated_user_id_is_refused_with_the_field(supporter: User, personalization: Calls) -> None:
    for query in ("userId=%20", f"userId={supporter.user_id}&userId=other"):
        problem = is_problem(personalization(supporter).get(f"/profile?{query}"), 400)
        assert [error["field"] for error in problem["errors"]] == ["userId"]


def test_an_unknown_route_is_not_found(supporter: User, personalization: Calls) -> None:
    is_problem(personalization(supporter).get("/nothing-here"), 404)


def test_a_browser_of_our_origin_may_call(personalization: Calls) -> None:
    answer = personalization(api_key=None)(
        "OPTIONS",
        "/profile",
        headers={
            "Origin": "http://localhost:5173",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization,x-api-key",
        },
    )
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:5173"
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]
    assert {"authorization", "x-api-key"} <= set(answer.headers["Access-Control-Allow-Headers"].lower().split(","))


def test_the_application_may_send_a_hundred_requests_a_second_to_each_context(platform: Platform) -> None:
    plans = platform.aws("apigateway").get_usage_plans(keyId=platform.stack["ApplicationKeyId"])["items"]
    assert len(plans) == len(REST_CONTEXTS)  # HTTP APIs have no usage plans
    assert all(plan["throttle"] == {"rateLimit": 100, "burstLimit": 100} for plan in plans)


def test_an_application_above_its_rate_has_to_wait(slow_api_key: str, supporter: User, personalization: Calls) -> None:
    call = personalization(supporter, api_key=slow_api_key)
    answers = [call.get("/profile") for _ in range(10)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) >= 1
    is_problem(refused[0], 429)
    assert int(refused[0].headers["Retry-After"]) >= 1


def test_a_repeated_registration_changes_nothing(supporter: User, platform: Platform, personalization: Calls) -> None:
    """The bus delivers at least once: a second UserRegistered, even with another name, does not change the record."""
    before = personalization(supporter).get(f"/profile?userId={supporter.user_id}").json()
    event_id = f"again-{supporter.user_id}"
    event = {
        "id": event_id,
        "version": 1,
        "occurredAt": datetime.now(UTC).isoformat(),
        "userId": supporter.user_id,
        "data": {"name": "Somebody Else", "email": "else@example.org"},
    }
    entry = {
        "EventBusName": platform.stack["EventBusName"],
        "Source": "almoner.identity",
        "DetailType": "UserRegistered",
        "Detail": json.dumps(event),
    }
    assert platform.aws("events").put_events(Entries=[entry])["FailedEntryCount"] == 0
    eventually(lambda: platform.logged("Logs", event_id))
    assert personalization(supporter).get(f"/profile?userId={supporter.user_id}").json() == before


def _encode(claims: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()


def test_a_supporter_changes_their_profile(supporter: User, personalization: Calls) -> None:
    api, path = personalization(supporter), f"/profile?userId={supporter.user_id}"
    change = {"version": 1, "interests": ["prevention"], "consent": [{"purpose": "marketing", "granted": False}]}
    changed = api("PATCH", "/profile", json=change)
    assert changed.status_code == 200, changed.text
    assert (changed.json()["version"], changed.json()["interests"]) == (2, ["prevention"])
    assert api.get(path).json() == changed.json()
    problem = is_problem(api("PATCH", "/profile", json=change), 409)
    assert "version 1" in problem["detail"]
    assert api.get(path).json() == changed.json()


def test_staff_find_supporters_by_the_names_they_have_now(supporter: User, staff: User, personalization: Calls) -> None:
    def found(query: str) -> list[str]:
        page = personalization(staff).get("/supporters", params={"q": query})
        assert page.status_code == 200, page.text
        return [item["userId"] for item in page.json()["items"]]

    name = f"Quill-{supporter.email.partition('@')[0]}"
    assert found(supporter.email[:8].upper()) == [supporter.user_id]
    amended = personalization(staff)(
        "PATCH", "/profile", params={"userId": supporter.user_id}, json={"version": 1, "name": f"Ana {name}"}
    )
    assert amended.status_code == 200, amended.text
    assert found(f"ana {name[6:12]}") == [supporter.user_id]
    assert found(f"rosa {name[6:12]}") == []


def test_of_many_changes_at_once_one_is_made(supporter: User, personalization: Calls) -> None:
    api = personalization(supporter)
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda n: api("PATCH", "/profile", json={"version": 1, "name": f"Name {n}"}).status_code, range(8))
        )
    assert sorted(answers) == [200] + [409] * 7
    assert api.get(f"/profile?userId={supporter.user_id}").json()["version"] == 2


def test_nobody_changes_somebody_else(supporter: User, platform: Platform, personalization: Calls) -> None:
    other = platform.sample_user(None)
    answer = personalization(supporter)("PATCH", f"/profile?userId={other.user_id}", json={"version": 1, "name": "M"})
    is_problem(answer, 404)
