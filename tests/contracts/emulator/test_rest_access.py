"""REST APIs: authorization."""

import time

import pytest

from tests.contracts.emulator.application_stack import (
    KEY,
    SLOW_KEY,
    Application,
    altered,
    assert_problem,
    sign_in,
)
from tests.contracts.emulator.aws import eventually

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-application")]


def test_route_with_scopes_accepts_an_access_token(app: Application) -> None:
    answer = app.rest("GET", "/mine", Authorization=f"Bearer {app.access_token}", **KEY)
    assert answer.status == 200
    assert answer.json()["authorizer"]["claims"]["token_use"] == "access"
    assert answer.json()["requestId"] == answer.headers["x-amzn-requestid"]


def test_route_with_scopes_refuses_everything_else(app: Application) -> None:
    unsigned = altered(app.access_token, 0, alg="none")
    tokens = {
        "none": None,
        "garbage": "x.y.z",
        "an ID token": app.identity_token,
        "another user's payload": altered(app.access_token, 1, sub="someone-else"),
        "a longer life": altered(app.access_token, 1, exp=int(time.time()) + 10**6),
        "no algorithm": unsigned,
        "no signature": unsigned.rsplit(".", 1)[0] + ".",
        "an unknown key": altered(app.access_token, 0, kid="other"),
        "another pool": altered(app.access_token, 1, iss="https://cognito-idp.us-west-2.amazonaws.com/us-west-2_other"),
    }
    for what, token in tokens.items():
        headers = KEY | ({"Authorization": f"Bearer {token}"} if token else {})
        answer = app.rest("GET", "/mine", **headers)
        assert answer.status == 401, what
        assert_problem(answer, 401, "Unauthorized")


def test_expired_token_is_refused(app: Application) -> None:
    token = sign_in(app.aws, app.outputs["HastyClient"], app.user_name)["AccessToken"]
    headers = KEY | {"Authorization": token}
    assert eventually(lambda: app.rest("GET", "/mine", **headers).status == 401)


def test_route_without_scopes_accepts_id_tokens_only(app: Application) -> None:
    assert app.rest("GET", "/identity", Authorization=app.identity_token).status == 200
    assert_problem(app.rest("GET", "/identity", Authorization=app.access_token), 401, "Unauthorized")


def test_api_key_is_checked_after_the_token(app: Application) -> None:
    assert_problem(app.rest("GET", "/mine"), 401, "Unauthorized")
    assert_problem(app.rest("GET", "/mine", Authorization=app.access_token), 403, "Forbidden")


@pytest.mark.parametrize("headers", [{}, {"x-api-key": "not-a-key-of-ours-at-all"}], ids=["none", "unknown"])
def test_route_with_a_key_refuses_requests_without_it(app: Application, headers: dict[str, str]) -> None:
    assert_problem(app.rest("GET", "/partner", **headers), 403, "Forbidden")


def test_route_without_a_user_accepts_a_key_alone(app: Application) -> None:
    assert app.rest("GET", "/partner", **KEY).status == 200


def test_usage_plan_throttles_its_key(app: Application) -> None:
    answers = [app.rest("GET", "/partner", **SLOW_KEY) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert_problem(answers[-1], 429, "Too Many Requests")
    assert answers[-1].headers["retry-after"] == "1"


def test_request_authorizer_decides_by_query_parameter(app: Application) -> None:
    answer = app.rest("GET", "/ticketed?ticket=good")
    assert (answer.status, answer.json()["authorizer"]["runId"]) == (200, "run-1")
    assert answer.json()["authorizer"]["seenAs"] == answer.headers["x-amzn-requestid"]
    assert_problem(app.rest("GET", "/ticketed"), 401, "Unauthorized")
    refused = "User is not authorized to access this resource with an explicit deny in an identity-based policy"
    assert_problem(app.rest("GET", "/ticketed?ticket=bad"), 403, refused)
