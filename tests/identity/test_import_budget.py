"""Cognito waits five seconds for its trigger: what the function loads is counted by name, as times vary."""

from tests.shared.imports import third_party_imports

ENVIRONMENT = {
    "EVENT_BUS_NAME": "bus",
    "AWS_DEFAULT_REGION": "us-west-2",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}


def test_handler_alone_loads_nothing_of_others() -> None:
    assert third_party_imports("import identity.handlers.publish_user_registered") == {}


def test_event_bus_loads_nothing_of_others() -> None:
    assert third_party_imports("from identity import wiring; wiring.event_bus()", ENVIRONMENT) == {}
