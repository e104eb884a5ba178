"""Cognito waits five seconds for its trigger: what the function loads is counted by name, as times vary."""

from tests.shared.imports import third_party_imports

ENVIRONMENT = {
    "EVENT_BUS_NAME": "bus",
    "AWS_DEFAULT_REGION": "us-west-2",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}

# botocore cannot be imported without jmespath, dateutil (and its six) and urllib3.
BOTOCORE = {"botocore", "jmespath", "dateutil", "six", "urllib3"}


def test_handler_alone_loads_nothing_of_others() -> None:
    assert third_party_imports("import identity.handlers.publish_user_registered") == {}


def test_event_bus_loads_botocore_and_nothing_else() -> None:
    loaded = third_party_imports("from identity import wiring; wiring.event_bus()", ENVIRONMENT)

    assert set(loaded) == BOTOCORE
    assert loaded.total() <= 130
