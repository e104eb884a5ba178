from typing import Any

import pytest

from commerce.support.handlers.follow_support_run import handler
from shared.auth.callers import Caller, authorizer_context
from tests.commerce.support.fakes import Live
from tests.shared.gateway_events import rest_event
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")


def follow(user_id: str = "ada", last: str | None = None) -> dict[str, Any]:
    headers = {"Last-Event-ID": last} if last else {}
    event = rest_event(None, None, headers, "/support/runs/{runId}/events")
    event["requestContext"] = {"requestId": "r1", "authorizer": authorizer_context(Caller(user_id))}
    return handler(event | {"pathParameters": {"runId": "run-1"}}, CONTEXT)


def test_what_follows_comes_as_an_event_stream_until_nothing_does(stage: Live) -> None:
    run = stage.keep()
    stage.say("one ", "two")
    assert [line for line in follow(last="1")["body"].splitlines() if line.startswith("id:")] == ["id: 2"]
    stage.run_service.stop(run)
    assert follow(last="3")["statusCode"] == 204


def test_anothers_run_is_as_if_it_were_not_there(stage: Live) -> None:
    stage.keep()
    assert follow("ben")["statusCode"] == 404
