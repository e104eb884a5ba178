"""Imports are most of a cold start: what a function loads is counted by name, as times vary."""

import pytest

from tests.shared.imports import third_party_imports

ENVIRONMENT = {
    "USERS_TABLE": "users",
    "DONATIONS_TABLE": "donations",
    "CONTEXT_TABLE": "contexts",
    "IDEMPOTENCY_TABLE": "idempotency",
    "EVENT_BUS_NAME": "bus",
    "CURSOR_KEY": "key",
    "AWS_DEFAULT_REGION": "us-west-2",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}

# botocore cannot be imported without jmespath, dateutil (and its six) and urllib3.
BOTOCORE = {"botocore", "jmespath", "dateutil", "six", "urllib3"}


@pytest.mark.parametrize("handler", ["get_profile", "register_supporter"])
def test_handler_alone_loads_nothing_of_others(handler: str) -> None:
    assert third_party_imports(f"import personalization.handlers.{handler}") == {}


@pytest.mark.parametrize("adapter", ["profiles", "supporters"])
def test_adapters_load_pynamodb_on_botocore_and_nothing_else(adapter: str) -> None:
    loaded = third_party_imports(f"from personalization import wiring; wiring.{adapter}()", ENVIRONMENT)

    assert set(loaded) == BOTOCORE | {"pynamodb"}
    assert loaded.total() <= 150


def test_cursors_load_nothing_of_others() -> None:
    assert third_party_imports("from personalization import wiring; wiring.cursors()", ENVIRONMENT) == {}
