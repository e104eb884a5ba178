"""User pools and sign-ups."""

import json
from collections.abc import Callable
from typing import Any

from tests.contracts.emulator.aws import Aws, eventually, unique
from tests.contracts.emulator.scenarios.registry import Json


def user_pool(aws: Aws, **settings: Any) -> tuple[str, str]:
    cognito = aws.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName=unique("pool"), **settings)["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="web", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )
    return pool, client["UserPoolClient"]["ClientId"]


def sign_up(aws: Aws, pool: str, client: str, address: str = "ann@charity.example", username: str = "") -> Json:
    """Create a confirmed user; returns the tokens."""
    cognito = aws.client("cognito-idp")
    who = {"ClientId": client, "Username": username or unique("ann")}
    email = [{"Name": "email", "Value": address}]
    cognito.sign_up(**who, Password="Secret-123", UserAttributes=email)
    cognito.admin_confirm_sign_up(UserPoolId=pool, Username=who["Username"])
    credentials = {"USERNAME": who["Username"], "PASSWORD": "Secret-123"}
    answer = cognito.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=credentials)
    tokens: Json = answer["AuthenticationResult"]
    return tokens


def reported_calls(aws: Aws, pool: str) -> Callable[[int], list[Json]]:
    """From now on, collects what CloudTrail reports of calls to the pool; the result waits for so many."""
    sqs, events, rule = aws.client("sqs"), aws.client("events"), unique("rule")
    queue = sqs.create_queue(QueueName=unique("calls"))["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = {
        "source": ["aws.cognito-idp"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"requestParameters": {"userPoolId": [pool]}},
    }
    events.put_rule(Name=rule, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": arn}])
    received: list[Json] = []

    def calls(number: int) -> list[Json]:
        def arrived() -> bool:
            messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
            received.extend(json.loads(message["Body"])["detail"] for message in messages)
            return len(received) >= number

        eventually(arrived, within_seconds=2)
        return received

    return calls
