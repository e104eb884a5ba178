"""The keys at Stripe: read by the first call, and again where they do not work any more."""

import json

import pytest

from commerce.payments.adapters.stripe_secret import StripeSecret
from commerce.payments.domain.provider import NoAccount
from shared.errors import Unavailable
from tests.shared.aws.aws_server import Answers, AwsServer, answers, refuses
from tests.shared.clocks import FakeClock

_ARN = "arn:aws:secretsmanager:us-west-2:123456789012:secret:StripeKey-1"


def holds(key: str) -> Answers:
    return answers({"SecretString": json.dumps({"key": key, "webhookSecret": key and "whsec_1"})})


def test_it_is_read_once(aws: AwsServer) -> None:
    aws.outcomes = [holds("sk_test_1")]
    secret = StripeSecret(_ARN)
    assert aws.requests == []
    assert (secret.key, secret.webhook_secret, secret.key) == ("sk_test_1", "whsec_1", "sk_test_1")
    [request] = aws.requests
    assert (request.operation, request.json) == ("GetSecretValue", {"SecretId": _ARN})


def test_it_is_renewed_at_most_once_a_minute(aws: AwsServer) -> None:
    clock = FakeClock()
    aws.outcomes = [holds("sk_test_1"), holds("sk_test_1"), holds("sk_test_2")]
    secret = StripeSecret(_ARN, clock)
    assert secret.key == "sk_test_1"

    assert not secret.renew()
    clock.now += 60
    assert not secret.renew()  # it is still the same
    clock.now += 59
    assert not secret.renew()
    clock.now += 1
    assert secret.renew()
    assert secret.key == "sk_test_2"
    assert len(aws.requests) == 3


@pytest.mark.parametrize("value", [holds(""), answers({"SecretString": "{}"})])
def test_before_it_is_filled_in_nothing_is_charged_and_no_webhook_believed(aws: AwsServer, value: Answers) -> None:
    aws.outcomes = [value]
    secret = StripeSecret(_ARN)
    with pytest.raises(NoAccount, match="does not take payments yet"):
        _ = secret.key
    assert secret.webhook_secret == ""
    assert len(aws.requests) == 1


def test_secrets_manager_out_of_reach_is_unavailable_and_called_again(aws: AwsServer) -> None:
    aws.outcomes = [*(refuses("InternalServiceError", 500) for _ in range(3)), holds("sk_test_1")]
    secret = StripeSecret(_ARN)
    with pytest.raises(Unavailable):
        _ = secret.key
    assert secret.key == "sk_test_1"
