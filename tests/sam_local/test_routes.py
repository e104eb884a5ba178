"""The REST routes behind `sam local start-api`, which has no Cognito authorizer: functions verify tokens themselves."""

import base64
import json
import re
from http import HTTPStatus

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from local.sam_local.application import Function
from tests.architecture.test_route_protection import ROUTES_WITHOUT_AUTHORIZER
from tests.e2e.clients import Platform, User, is_problem
from tests.sam_local.samples import FUNCTIONS, sample_event

pytestmark = pytest.mark.sam_local

_FIRST_REQUEST_SECONDS = 120  # starts a container
# Their own authorizer functions refuse by raising, of which `sam local` knows nothing but that it failed.
_BEHIND_AUTHORIZERS = {"follow_run"}
_ROUTES = [
    (function, method, path)
    for function in FUNCTIONS
    for method, path in function.routes
    if f"{method} {path}" not in ROUTES_WITHOUT_AUTHORIZER
]


def _get_profile(url: str, user_id: str, token: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    query = {"userId": user_id}
    return requests.get(f"{url}/profile", query, headers=headers, timeout=_FIRST_REQUEST_SECONDS)


def test_supporter_reads_their_own_profile(start_api_url: str, supporter: User) -> None:
    answer = _get_profile(start_api_url, supporter.user_id, supporter.access_token)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["userId"] == supporter.user_id


def test_anothers_profile_is_not_found(start_api_url: str, supporter: User, platform: Platform) -> None:
    other = platform.outputs["users"][1]["userId"]
    assert other != supporter.user_id
    is_problem(_get_profile(start_api_url, other, supporter.access_token), 404)


def test_forged_token_is_refused(start_api_url: str, supporter: User) -> None:
    """Same claims, same key id, another key: only the pool's signature counts."""
    claims = jwt.decode(supporter.access_token, options={"verify_signature": False})
    key_id = jwt.get_unverified_header(supporter.access_token)["kid"]
    key = generate_private_key(public_exponent=65537, key_size=2048)
    forged = jwt.encode(claims, key, algorithm="RS256", headers={"kid": key_id})
    is_problem(_get_profile(start_api_url, supporter.user_id, forged), 401)


def test_altered_and_unsigned_tokens_are_refused(start_api_url: str, supporter: User) -> None:
    header, payload, signature = supporter.access_token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    promoted = _encoded(claims | {"cognito:groups": ["admin"]})
    unsigned = _encoded({"alg": "none", "typ": "JWT"})
    for token in (f"{header}.{promoted}.{signature}", f"{unsigned}.{promoted}.", supporter.id_token):
        is_problem(_get_profile(start_api_url, supporter.user_id, token), 401)


@pytest.mark.parametrize(
    ("function", "method", "path"), _ROUTES, ids=[f"{method} {path}" for _, method, path in _ROUTES]
)
def test_route_refuses_callers_without_a_token(
    function: Function, method: str, path: str, start_api_url: str, platform: Platform, supporter: User
) -> None:
    event = sample_event(function, platform, supporter.user_id)
    names = event["pathParameters"] or {}
    answer = requests.request(
        method,
        start_api_url + re.sub(r"{(\w+)}", lambda match: names.get(match[1], "a"), path),
        params=event["multiValueQueryStringParameters"],
        data=event["body"],
        headers={"Content-Type": "application/json"},
        timeout=_FIRST_REQUEST_SECONDS,
    )
    if function.handler.split(".")[-2] in _BEHIND_AUTHORIZERS:
        assert answer.status_code == HTTPStatus.BAD_GATEWAY
        return
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    is_problem(answer, 401)


def _encoded(part: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
