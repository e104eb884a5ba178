from datetime import UTC, datetime
from typing import Any

import pytest

from commerce.support.handlers.authorize_support_follower import handler
from shared.auth.callers import Caller
from shared.event_streams.tickets import StreamTicket
from tests.commerce.support.fakes import Live
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")


def follow(ticket: str, run_id: str = "run-1") -> dict[str, Any]:
    arn = "arn:aws:execute-api:us-west-2:123456789012:api/v1/GET/support/runs/run-1/events"
    query = {"queryStringParameters": {"ticket": ticket}, "multiValueQueryStringParameters": {"ticket": [ticket]}}
    return handler({"methodArn": arn, "pathParameters": {"runId": run_id}, "requestContext": {}, **query}, CONTEXT)


def test_a_ticket_lets_its_holder_follow_its_run_and_no_other(stage: Live) -> None:
    ticket, _ = stage.run_tickets.issue(StreamTicket(Caller("ada"), "run-1"), datetime.now(UTC))
    assert follow(ticket)["context"]["userId"] == "ada"
    for held, run_id in ((ticket, "run-2"), ("made up", "run-1")):
        with pytest.raises(Exception, match="Unauthorized"):
            follow(held, run_id)
