"""Every function, as built for AWS, answers its sample event in a container of its own."""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from local.sam_local.application import Function
from local.sam_local.commands import invoke
from tests.e2e.clients import Platform, User, eventually
from tests.sam_local.samples import FUNCTIONS, sample_event

pytestmark = pytest.mark.sam_local


def _tells_the_profile(user_id: str, answer: Any) -> None:
    assert answer["statusCode"] == 200
    profile = json.loads(answer["body"])
    personal = {"userId", "name", "email", "createdAt", "preferences", "consent", "interests", "version"}
    assert profile.keys() == personal | {"donations", "context"}
    assert profile["userId"] == user_id
    assert profile["donations"].keys() == {"items", "totals", "nextCursor"}
    assert profile["donations"]["totals"][0].keys() == {"amount", "currency"}


def _refuses_the_socket(_: str, answer: Any) -> None:
    """The sample's ticket is nobody's."""
    assert answer["policyDocument"]["Statement"][0]["Effect"] == "Deny"


# By the name of the handler's module: what the answer must be, and who the event is about if not the supporter.
_ANSWERS: Mapping[str, Callable[[str, Any], None]] = {
    "authorize_socket": _refuses_the_socket,
    "get_profile": _tells_the_profile,
}
_REGISTER = {"register_supporter", "post_confirmation"}
_END_ACCESS = {"sign_out", "publish_user_access_ended", "end_access"}
"""Whoever they are about is refused from then on, so not the supporter who calls the other functions."""

# What a sample names and this platform has not: that it is missed, with this status or error, shows a function at work.
_MISSED: Mapping[str, int | str] = {
    "article_runs": 404,  # a project
    "article_sessions": 404,
    "authorize_follower": "Unauthorized",  # a ticket
    "evaluations": 404,
    "follow_run": 404,
    "message": "Unavailable",  # an open socket
    "product_search": 503,  # a search engine
    "prompt_cases": 404,
    "rebuild_search": "Unavailable",
    "runs": 404,
}


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.path)
def test_function_answers_its_sample_event(function: Function, platform: Platform, supporter: User) -> None:
    module = function.handler.split(".")[-2]
    user_id = _subject(module, platform, supporter)
    answer = invoke(function.path, sample_event(function, platform, user_id))
    if module in _MISSED:
        assert _MISSED[module] in {answer.get("statusCode"), answer.get("errorType")}, answer
    elif isinstance(answer, dict):
        assert "errorType" not in answer, answer
        assert answer.get("statusCode", 200) < 300, answer
    if module in _ANSWERS:
        _ANSWERS[module](user_id, answer)
    if module in _REGISTER:
        eventually(lambda: _name_on_record(platform, user_id) == "Ada Example")


def _subject(module: str, platform: Platform, supporter: User) -> str:
    """The id of the user whom the function's event is about."""
    if module in _REGISTER:
        return str(uuid.uuid4())
    return platform.sign_up("Ada Example").user_id if module in _END_ACCESS else supporter.user_id


def _name_on_record(platform: Platform, user_id: str) -> str | None:
    table = platform.stack["PersonalizationUsersTable"]
    found = platform.aws("dynamodb").get_item(TableName=table, Key={"userId": {"S": user_id}})
    return found["Item"]["name"]["S"] if "Item" in found else None
