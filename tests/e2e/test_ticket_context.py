"""What staff see beside a ticket, on the deployed platform."""

import uuid
from typing import Any

import pytest

from tests.conformance import documents
from tests.e2e.clients import Api, Platform, User, eventually

pytestmark = pytest.mark.platform


@pytest.fixture(scope="module")
def staff(platform: Platform) -> User:
    return platform.sample_user("staff")


@pytest.fixture(scope="module")
def ada(platform: Platform) -> User:
    return platform.sign_up("Ada Lovelace")


def help_desk(platform: Platform, user: User | None) -> Api:
    token = user.access_token if user else None
    return Api(platform.outputs["apis"]["knowledge_base"], None, token, documents()["knowledge_base"])


def ticket_of(platform: Platform, user: User, body: str) -> str:
    answer = help_desk(platform, user)(
        "POST",
        "/tickets",
        json={"subject": "My receipt", "body": body, "channel": "web"},
        headers={"Idempotency-Key": uuid.uuid4().hex},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["ticketId"])


def test_staff_see_who_wrote_and_how_they_feel(platform: Platform, ada: User, staff: User) -> None:
    ticket_id = ticket_of(platform, ada, "This is appalling: my receipt has still not come.")

    def context() -> dict[str, Any]:
        answer = help_desk(platform, staff).get(f"/tickets/{ticket_id}/context")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    assert context()["customer"]["userId"] == ada.user_id
    eventually(lambda: context()["sentiment"] == -1)
    found = context()
    [interaction] = found["interactions"]
    assert (interaction["kind"], interaction["reference"], interaction["sentiment"]) == ("ticket", ticket_id, -1)
    assert found["risk"]["score"] == sum(factor["points"] for factor in found["risk"]["factors"])
    assert found["risk"]["level"] == "high"

    second = ticket_of(platform, ada, "Thank you, it has come, how lovely!")
    eventually(lambda: [each["reference"] for each in context()["interactions"]] == [second, ticket_id])
    eventually(lambda: context()["sentiment"] > -0.5)
    assert help_desk(platform, ada).get(f"/tickets/{ticket_id}/context").status_code == 403


def test_health_is_for_everybody_and_names_what_it_depends_on(platform: Platform) -> None:
    answer = help_desk(platform, None).get("/health")
    assert answer.status_code == 200
    assert {each["name"]: each["status"] for each in answer.json()["dependencies"]}["tables"] == "up"
