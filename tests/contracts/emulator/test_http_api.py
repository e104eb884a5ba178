"""HTTP APIs: routes, authorization and CORS."""

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.contracts.emulator.application_stack import (
    ORIGIN,
    Application,
    altered,
)

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-application")]


def test_http_route_requires_a_token_with_its_scope(app: Application) -> None:
    bearer = f"Bearer {app.access_token}"
    assert app.http("GET", "/stock").status == 401
    assert app.http("GET", "/stock", Authorization=altered(app.access_token, 1, sub="x")).status == 401
    assert app.http("GET", "/stock", Authorization=app.identity_token).status == 403
    assert app.http("GET", "/admin", Authorization=bearer).status == 403
    answer = app.http("GET", "/stock", Authorization=bearer)
    assert (answer.status, answer.json()["version"]) == (200, "2.0")


def test_http_route_has_path_parameters(app: Application) -> None:
    answer = app.http("POST", "/stock/mug", {}, Authorization=app.access_token)
    assert answer.json()["pathParameters"] == {"sku": "mug"}


def test_http_route_may_be_open_for_any_method(app: Application) -> None:
    assert app.http("PATCH", "/health", {}).status == 200


def test_http_route_with_a_lambda_authorizer(app: Application) -> None:
    tickets: list[dict[str, str]] = [{}, {"X-Ticket": "bad"}, {"X-Ticket": "good"}]
    answers = [app.http("GET", "/ticketed", **ticket) for ticket in tickets]
    assert [answer.status for answer in answers] == [401, 403, 200]
    assert answers[-1].json()["authorizer"]["lambda"] == {"runId": "run-1"}


def test_http_route_with_iam_needs_a_signature(app: Application) -> None:
    request = AWSRequest("GET", app.aws.endpoint + app.outputs["Http"] + "/iam")
    SigV4Auth(Credentials("test", "test"), "execute-api", "us-west-2").add_auth(request)
    assert app.http("GET", "/iam").status == 403
    assert app.http("GET", "/iam", **dict(request.headers.items())).status == 200


def test_http_api_passes_on_what_the_function_has_compressed(app: Application) -> None:
    answer = app.http("GET", "/long", **{"Accept-Encoding": "gzip"})

    assert (answer.headers["content-encoding"], answer.body) == ("gzip", "x" * 2000)


def test_unknown_http_route_is_answered_as_on_aws(app: Application) -> None:
    answer = app.http("GET", "/nowhere")
    assert (answer.status, answer.json()) == (404, {"message": "Not Found"})


def test_http_api_answers_preflights_of_its_origins_only(app: Application) -> None:
    asking = {"Access-Control-Request-Method": "GET"}
    answer = app.http("OPTIONS", "/stock", **asking)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (204, ORIGIN)
    other = app.http("OPTIONS", "/stock", **{**asking, "Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers
