from typing import Any

import pytest

from personalization.following.handlers.follow_run import handler
from shared.auth.callers import Caller, authorizer_context
from tests.personalization.runs.fakes import Live
from tests.shared.gateway_events import rest_event
from tests.shared.http_answers import headers_of
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")


def follow(
    run_id: str = "run-1", user_id: str = "ada", after: str | None = None, last: str | None = None, project: str = ""
) -> dict[str, Any]:
    resource = f"{'/api/projects/{projectId}' if project else '/agent'}/runs/{{runId}}/events"
    event = rest_event(None, {"after": after} if after else None, {"Last-Event-ID": last} if last else {}, resource)
    event["requestContext"] = {
        "requestId": "r1",
        "authorizer": {**authorizer_context(Caller(user_id)), "principalId": user_id},
    }
    path = {"runId": run_id} | ({"projectId": project} if project else {})
    return handler(event | {"pathParameters": path}, CONTEXT)


def ids(answer: dict[str, Any]) -> list[str]:
    return [line.removeprefix("id: ") for line in answer["body"].splitlines() if line.startswith("id: ")]


def test_what_follows_comes_as_an_event_stream(stage: Live) -> None:
    stage.keep()
    stage.say("one ", "two ", "three")
    answer = follow()
    assert answer["statusCode"] == 200
    assert headers_of(answer)["Content-Type"] == "text/event-stream"
    assert ids(answer) == ["1", "2", "3"]
    assert ids(follow(after="1")) == ["2", "3"]
    assert ids(follow(after="1", last="2")) == ["3"]


def test_after_the_terminal_event_there_is_nothing_and_event_source_stops(stage: Live) -> None:
    run = stage.keep()
    stage.say("one")
    stage.run_service.stop(run)
    assert ids(follow(last="1")) == ["2"]
    answer = follow(last="2")
    assert (answer["statusCode"], answer["body"]) == (204, "")


@pytest.mark.parametrize(
    ("run_id", "user_id", "project"), [("run-1", "ben", ""), ("no-run", "ada", ""), ("run-1", "ada", "project-1")]
)
def test_anothers_run_is_as_if_it_were_not_there(stage: Live, run_id: str, user_id: str, project: str) -> None:
    stage.keep()
    stage.say("one")
    assert follow(run_id, user_id, project=project)["statusCode"] == 404


def test_a_run_of_a_project_is_followed_under_the_project(stage: Live) -> None:
    stage.keep(subject="project-1")
    stage.say("one")
    assert follow(project="project-1")["statusCode"] == 200
    assert follow()["statusCode"] == 404


@pytest.mark.parametrize("after", ["-1", "x"])
def test_a_position_that_is_none_is_refused(stage: Live, after: str) -> None:
    stage.keep()
    assert follow(after=after)["statusCode"] == 400
