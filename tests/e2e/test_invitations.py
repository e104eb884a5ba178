"""Staff invite somebody, on the deployed platform: with the first password that is mailed, they sign in."""

import json
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from tests.e2e.clients import PASSWORD, Api, Platform, User, eventually, is_problem

pytestmark = pytest.mark.platform

type Calls = Callable[..., Api]


def test_invited_person_signs_in_and_is_registered_once(
    platform: Platform, communications: Calls, personalization: Calls, staff: User, admin: User
) -> None:
    email, key = f"zoe-{secrets.token_hex(6)}@example.org", {"Idempotency-Key": secrets.token_hex(16)}
    zoe, inviting = {"email": email, "firstName": "Zoë", "lastName": "Reid"}, communications(staff)
    with registrations(platform) as heard:
        is_problem(inviting("POST", "/users", json=zoe | {"groups": ["staff"]}, headers=key), 403)
        first = inviting("POST", "/users", json=zoe, headers=key)
        assert first.status_code == 201, first.text
        user_id = first.json()["userId"]
        assert inviting("POST", "/users", json=zoe, headers=key).json() == first.json()
        is_problem(inviting("POST", "/users", json=zoe), 409)

        signed_in = first_sign_in(platform, email)
        assert signed_in.user_id == user_id
        me = communications(signed_in).get("/users/me").json()
        assert (me["userId"], me["email"], me["firstName"], me["lastName"]) == (user_id, email, "Zoë", "Reid")
        eventually(lambda: personalization(signed_in).get(f"/profile?userId={user_id}").ok)
        profile = personalization(signed_in).get(f"/profile?userId={user_id}").json()
        assert (profile["name"], profile["email"]) == ("Zoë Reid", email)
        is_problem(inviting("POST", "/users", json=zoe), 409)

        later = platform.sign_up("Later Person")
        eventually(lambda: later.user_id in heard())
        assert heard().count(user_id) == 1

    [found] = communications(admin).get(f"/users?q={email}").json()["items"]
    assert found["userId"] == user_id


def test_admin_invites_somebody_into_a_group(platform: Platform, communications: Calls, admin: User) -> None:
    email = f"max-{secrets.token_hex(6)}@example.org"
    max_ = {"email": email, "firstName": "Max", "lastName": "Adair", "groups": ["staff"]}
    assert communications(admin)("POST", "/users", json=max_).status_code == 201

    assert communications(first_sign_in(platform, email)).get("/users?q=adair").status_code == 200


def first_sign_in(platform: Platform, email: str) -> User:
    """As an app does it: the password from the mail leads to the question for one's own."""
    client_id = platform.outputs["userPoolClientId"]
    begun = platform.cognito.initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": mailed_password(platform, email)},
    )
    assert begun["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert "AuthenticationResult" not in begun
    platform.cognito.respond_to_auth_challenge(
        ClientId=client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=begun["Session"],
        ChallengeResponses={"USERNAME": email, "NEW_PASSWORD": PASSWORD},
    )
    return platform.sign_in(email, PASSWORD)


def mailed_password(platform: Platform, email: str) -> str:
    owner = {"Authorization": f"Bearer {platform.root_user.secret_access_key}"}
    answer = requests.get(f"{platform.outputs['endpoint']}/_ministack/ses/messages", headers=owner, timeout=30)
    by_account = answer.json()["messages"]
    mails = [mail for mails in by_account.values() for mail in mails if email in json.dumps(mail)]
    [mail] = [mail for mail in mails if "temporary password" in json.dumps(mail)]
    found = re.search(r"temporary password is (\S+)\.", mail["BodyText"])
    assert found
    return found[1]


@contextmanager
def registrations(platform: Platform) -> Iterator[Callable[[], list[str]]]:
    """Whose UserRegistered came over the bus meanwhile, from a queue of one's own."""
    events, sqs, name = platform.aws("events"), platform.aws("sqs"), f"registrations-{secrets.token_hex(6)}"
    queue, bus = sqs.create_queue(QueueName=name)["QueueUrl"], platform.stack["EventBusName"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    pattern = json.dumps({"detail-type": ["UserRegistered"]})
    events.put_rule(Name=name, EventBusName=bus, EventPattern=pattern)
    events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "queue", "Arn": attributes["QueueArn"]}])
    heard = list[str]()

    def all_heard() -> list[str]:
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                body: dict[str, Any] = json.loads(message["Body"])
                heard.append(body["detail"]["userId"])
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return heard

    yield all_heard
    events.remove_targets(Rule=name, EventBusName=bus, Ids=["queue"])
    events.delete_rule(Name=name, EventBusName=bus)
    sqs.delete_queue(QueueUrl=queue)
