"""The project's functions and their sample events, events/<context>/<handler>.json."""

import json
from collections.abc import Sequence
from typing import Any

from local.sam_local.application import Function, functions
from local.workspace import ROOT
from tests.e2e.clients import Platform

FUNCTIONS: Sequence[Function] = tuple(functions())

# Whom and what the events name; a test puts in somebody of the platform that it runs on.
_USER_ID = "0197a1b2-0000-7000-8000-000000000001"
_DONATION_ID = "0197a1b2-0000-7000-8000-000000000002"
_CLIENT_ID = "almoner-local-client"
_POOL_ID = "us-west-2_EXAMPLE01"


def sample_event(function: Function, platform: Platform, user_id: str) -> dict[str, Any]:
    """What the function may get on this platform when it is about that user."""
    context, *_, module, _ = function.handler.split(".")
    text = (ROOT / "events" / context / f"{module}.json").read_text()
    outputs = platform.outputs
    if _DONATION_ID in text and function.routes:
        text = text.replace(_DONATION_ID, _gift_of(platform, user_id))
    here = {_USER_ID: user_id, _CLIENT_ID: outputs["userPoolClientId"], _POOL_ID: outputs["userPoolId"]}
    for example, real in here.items():
        text = text.replace(example, real)
    event: dict[str, Any] = json.loads(text)
    return event


def _gift_of(platform: Platform, user_id: str) -> str:
    """A gift of which a refund may take a penny."""
    rows = platform.aws("dynamodb").query(
        TableName=platform.stack["PersonalizationDonationsTable"],
        KeyConditionExpression="userId = :user",
        FilterExpression="kind = :gift",
        ExpressionAttributeValues={":user": {"S": user_id}, ":gift": {"S": "gift"}},
    )["Items"]
    return str(rows[0]["donationId"]["S"])
