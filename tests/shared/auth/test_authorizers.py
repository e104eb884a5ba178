from collections.abc import Mapping
from typing import Any

import pytest

from shared.auth.authorizers import authorizer, socket_authorizer
from shared.errors import Unauthenticated, Unavailable
from tests.shared.lambda_context import CONTEXT, fails_as

EVENT = {"methodArn": "arn:aws:execute-api:us-west-2:123456789012:a1b2c3d4e5/v1/$connect", "ticket": "good"}


def identify(event: Mapping[str, Any]) -> Mapping[str, str]:
    if event["ticket"] == "down":
        raise Unavailable("The data store is busy.")
    if event["ticket"] != "good":
        raise Unauthenticated("The ticket was used already.")
    return {"userId": "ada", "groups": "staff"}


handler, socket_handler = authorizer(identify), socket_authorizer(identify)


def test_whoever_is_identified_may_use_this_route_only() -> None:
    answer = handler(EVENT, CONTEXT)
    assert answer["principalId"] == "ada"
    assert answer["context"] == {"userId": "ada", "groups": "staff"}
    assert answer["policyDocument"]["Statement"] == [
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": EVENT["methodArn"]}
    ]


def test_a_refusal_is_the_text_that_the_gateway_answers_with_401() -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        handler(EVENT | {"ticket": "bad"}, CONTEXT)


def test_a_socket_is_refused_without_a_failure() -> None:
    refused, opened = socket_handler(EVENT | {"ticket": "bad"}, CONTEXT), socket_handler(EVENT, CONTEXT)
    assert refused["policyDocument"]["Statement"][0]["Effect"] == "Deny"
    assert "ada" not in str(refused)
    assert opened == handler(EVENT, CONTEXT)


def test_identity_that_cannot_be_checked_is_no_refusal() -> None:
    for authorize in (handler, socket_handler):
        with fails_as(Unavailable):
            authorize(EVENT | {"ticket": "down"}, CONTEXT)
