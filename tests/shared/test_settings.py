from collections.abc import Mapping

import pytest

from shared.settings import MissingSettings, Settings


class Tables(Settings):
    users_table: str
    cursor_key: str


COMPLETE = {"USERS_TABLE": "users-1", "CURSOR_KEY": "secret"}


def test_every_field_is_read_from_the_variable_of_its_name() -> None:
    assert vars(Tables(COMPLETE | {"OTHER": "ignored"})) == {"users_table": "users-1", "cursor_key": "secret"}


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"USERS_TABLE": "users-1"}, "CURSOR_KEY"),
        ({"CURSOR_KEY": "secret"}, "USERS_TABLE"),
        (COMPLETE | {"CURSOR_KEY": ""}, "CURSOR_KEY"),
        ({}, "CURSOR_KEY, USERS_TABLE"),
        ({"users_table": "users-1", "cursor_key": "secret"}, "CURSOR_KEY, USERS_TABLE"),
    ],
)
def test_missing_and_empty_variables_are_named(environment: Mapping[str, str], named: str) -> None:
    with pytest.raises(MissingSettings, match=f": {named}$"):
        Tables(environment)


def test_error_does_not_show_the_values_that_are_there() -> None:
    with pytest.raises(MissingSettings) as error:
        Tables({"CURSOR_KEY": "secret"})

    assert "secret" not in str(error.value)


def test_environment_of_the_process_is_read_at_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USERS_TABLE", "users-2")
    monkeypatch.setenv("CURSOR_KEY", "key-2")

    assert vars(Tables()) == {"users_table": "users-2", "cursor_key": "key-2"}
