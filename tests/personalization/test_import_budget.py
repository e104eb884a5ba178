"""Imports are most of a cold start: what a function loads is counted by name, as times vary."""

import pytest

from tests.shared.imports import third_party_imports

ENVIRONMENT = {
    "USERS_TABLE": "users",
    "DONATIONS_TABLE": "donations",
    "CONTEXT_TABLE": "contexts",
    "IDEMPOTENCY_TABLE": "idempotency",
    "SESSIONS_TABLE": "sessions",
    "INTERACTIONS_TABLE": "interactions",
    "MODEL_ID": "model",
    "MODEL_MAX_TOKENS": "1024",
    "MODEL_TEMPERATURE": "0.3",
    "CONTENT_TABLE": "contents",
    "CURSOR_KEY": "key",
    "AWS_DEFAULT_REGION": "us-west-2",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}

# botocore cannot be imported without jmespath, dateutil (and its six) and urllib3.
BOTOCORE = {"botocore", "jmespath", "dateutil", "six", "urllib3"}

# What clients send is checked by pydantic.
PYDANTIC = {"pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection"}


@pytest.mark.parametrize(
    "handler", ["get_profile", "list_donations", "publish_donation_events", "register_supporter", "delete_content"]
)
def test_handler_alone_loads_nothing_of_others(handler: str) -> None:
    assert third_party_imports(f"import personalization.handlers.{handler}") == {}


@pytest.mark.parametrize("adapter", ["profiles", "supporters", "search", "contents", "ledger", "first_answers"])
def test_stores_load_nothing_of_others(adapter: str) -> None:
    assert third_party_imports(f"from personalization import wiring; wiring.{adapter}()", ENVIRONMENT) == {}


def test_cursors_load_nothing_of_others() -> None:
    assert third_party_imports("from personalization import wiring; wiring.cursors()", ENVIRONMENT) == {}


@pytest.mark.parametrize("handler", ["ask_agent", "give_donation", "refund_donation"])
def test_handler_that_takes_a_body_loads_pydantic_and_nothing_else(handler: str) -> None:
    loaded = third_party_imports(f"import personalization.handlers.{handler}")

    assert set(loaded) == PYDANTIC
    assert loaded.total() <= 60


def test_agent_loads_pydantic_and_botocore_and_nothing_else() -> None:
    code = "from personalization import wiring; from personalization.handlers import ask_agent; wiring.agent()"
    loaded = third_party_imports(code, ENVIRONMENT)

    assert set(loaded) == BOTOCORE | PYDANTIC
    assert loaded.total() <= 190


def test_publisher_needs_the_bus_and_no_other_setting() -> None:
    code = "from personalization import publishing; publishing.event_of_image(); publishing.event_bus()"
    environment = {name: value for name, value in ENVIRONMENT.items() if name.startswith("AWS_")}

    assert third_party_imports(code, environment | {"EVENT_BUS_NAME": "bus"}) == {}
