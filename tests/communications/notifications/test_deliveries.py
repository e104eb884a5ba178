"""Where orders are sent, as commerce's function says."""

import json

import pytest

from communications.notifications.adapters.deliveries import CommerceDeliveries
from shared.errors import Unavailable
from tests.shared.aws.aws_server import Answers, AwsServer, answers

ARN = "arn:aws:lambda:us-west-2:000000000000:function:find-delivery"
ADDRESS = {"name": "Ana Ruiz", "line1": "7 Park Row", "line2": None, "city": "Leeds", "postcode": "LS1 5HD"}


def test_address_by_lines(aws: AwsServer) -> None:
    aws.outcomes.append(answers({"delivery": ADDRESS | {"country": "GB"}}))
    lines = CommerceDeliveries(ARN).find("o-1", "ana")
    assert lines == ["Ana Ruiz", "7 Park Row", "Leeds LS1 5HD", "GB"]
    assert json.loads(aws.requests[-1].body) == {"orderId": "o-1", "userId": "ana"}


def test_order_that_is_not_sent(aws: AwsServer) -> None:
    aws.outcomes.append(answers({"delivery": None}))
    assert CommerceDeliveries(ARN).find("o-1", "ana") == ()


@pytest.mark.usefixtures("out_of_reach")
def test_without_a_shop_there_is_no_call() -> None:
    assert CommerceDeliveries("none").find("o-1", "ana") == ()


def test_function_that_fails(aws: AwsServer) -> None:
    failure = json.dumps({"errorType": "KeyError"}).encode()
    aws.outcomes.append(Answers(failure, headers={"X-Amz-Function-Error": "Unhandled"}))
    with pytest.raises(Unavailable):
        CommerceDeliveries(ARN).find("o-1", "ana")


@pytest.mark.usefixtures("out_of_reach")
def test_service_that_does_not_answer() -> None:
    with pytest.raises(Unavailable):
        CommerceDeliveries(ARN).find("o-1", "ana")
