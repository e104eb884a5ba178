"""Cognito: what is reported of calls that end a user's access."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.contracts.emulator.application_stack import Application
from tests.contracts.emulator.scenarios.users import reported_calls, sign_up, user_pool

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-application")]

type Call = Callable[[Any, dict[str, str], str], object]

CALLS: dict[str, Call] = {
    "AdminUserGlobalSignOut": lambda cognito, user, _: cognito.admin_user_global_sign_out(**user),
    "GlobalSignOut": lambda cognito, _, token: cognito.global_sign_out(AccessToken=token),
    "AdminDisableUser": lambda cognito, user, _: cognito.admin_disable_user(**user),
    "AdminDeleteUser": lambda cognito, user, _: cognito.admin_delete_user(**user),
    "DeleteUser": lambda cognito, _, token: cognito.delete_user(AccessToken=token),
    "AdminRemoveUserFromGroup": lambda cognito, user, _: _joins_and_leaves(cognito, user),
    "AdminResetUserPassword": lambda cognito, user, _: cognito.admin_reset_user_password(**user),
    "AdminSetUserPassword": lambda cognito, user, _: cognito.admin_set_user_password(**user, Password="Another-123"),
}


def _joins_and_leaves(cognito: Any, user: dict[str, str]) -> None:
    cognito.create_group(UserPoolId=user["UserPoolId"], GroupName="staff")
    cognito.admin_add_user_to_group(**user, GroupName="staff")
    cognito.admin_remove_user_from_group(**user, GroupName="staff")


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_ends_access_is_reported_with_its_user(name: str, app: Application) -> None:
    cognito = app.aws.client("cognito-idp")
    pool, client = user_pool(app.aws)
    token = sign_up(app.aws, pool, client)["AccessToken"]
    attributes = cognito.get_user(AccessToken=token)
    user_id = next(each["Value"] for each in attributes["UserAttributes"] if each["Name"] == "sub")
    calls = reported_calls(app.aws, pool)

    CALLS[name](cognito, {"UserPoolId": pool, "Username": user_id}, token)

    [call] = calls(1)
    assert (call["eventName"], call["additionalEventData"]["sub"]) == (name, user_id)
    assert call["eventSource"] == "cognito-idp.amazonaws.com"
    assert "errorCode" not in call


def test_a_call_that_fails_and_calls_of_others_are_not_reported(app: Application) -> None:
    cognito = app.aws.client("cognito-idp")
    pool, client = user_pool(app.aws)
    token = sign_up(app.aws, pool, client)["AccessToken"]
    calls = reported_calls(app.aws, pool)

    with pytest.raises(cognito.exceptions.UserNotFoundException):
        cognito.admin_user_global_sign_out(UserPoolId=pool, Username="nobody")
    cognito.get_user(AccessToken=token)
    cognito.global_sign_out(AccessToken=token)

    assert [call["eventName"] for call in calls(1)] == ["GlobalSignOut"]
