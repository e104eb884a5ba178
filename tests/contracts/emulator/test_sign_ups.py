"""Cognito: triggers of sign-ups."""

import pytest

from tests.contracts.emulator.application_stack import (
    PASSWORD,
    Application,
    confirm,
    sign_in,
    sign_up,
)
from tests.contracts.emulator.aws import unique
from tests.contracts.emulator.scenarios.users import user_pool

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-application")]


def test_confirmed_sign_up_runs_the_trigger_before_it_answers(app: Application) -> None:
    name = sign_up(app.aws, app.outputs)
    assert app.kept(name) is None
    confirm(app.aws, app.outputs, name)
    event = app.kept(name)
    attributes = event["request"].pop("userAttributes")
    assert event == {
        "version": "1",
        "region": "us-west-2",
        "userPoolId": app.outputs["Pool"],
        "userName": name,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": app.outputs["Client"]},
        "triggerSource": "PostConfirmation_ConfirmSignUp",
        "request": {},
        "response": {},
    }
    assert attributes.pop("sub")
    assert attributes == {
        "email": f"{name}@charity.example",
        "email_verified": "true",
        "cognito:user_status": "CONFIRMED",
    }


def test_sign_up_confirmed_by_staff_runs_the_trigger_too(app: Application) -> None:
    name = sign_up(app.aws, app.outputs)
    app.aws.client("cognito-idp").admin_confirm_sign_up(UserPoolId=app.outputs["Pool"], Username=name)
    assert app.kept(name)["callerContext"]["clientId"] == "CLIENT_ID_NOT_APPLICABLE"


def test_user_whom_staff_create_runs_no_trigger(app: Application) -> None:
    name = unique("bob")
    cognito = app.aws.client("cognito-idp")
    cognito.admin_create_user(UserPoolId=app.outputs["Pool"], Username=name, MessageAction="SUPPRESS")
    assert app.kept(name) is None


def test_wrong_code_confirms_nobody(app: Application) -> None:
    name = sign_up(app.aws, app.outputs)
    cognito = app.aws.client("cognito-idp")
    with pytest.raises(cognito.exceptions.CodeMismatchException):
        cognito.confirm_sign_up(ClientId=app.outputs["Client"], Username=name, ConfirmationCode="654321")
    with pytest.raises(cognito.exceptions.UserNotConfirmedException):
        sign_in(app.aws, app.outputs["Client"], name)


def test_user_stays_confirmed_when_the_trigger_fails(app: Application) -> None:
    cognito = app.aws.client("cognito-idp")
    trigger = app.aws.function("fail")
    pool = cognito.create_user_pool(PoolName=unique("pool"), LambdaConfig={"PostConfirmation": trigger})
    pool_id = pool["UserPool"]["Id"]
    client = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="web")["UserPoolClient"]["ClientId"]
    name = sign_up(app.aws, {"Client": client})
    with pytest.raises(cognito.exceptions.UserLambdaValidationException, match="PostConfirmation failed"):
        confirm(app.aws, {"Client": client}, name)
    assert cognito.admin_get_user(UserPoolId=pool_id, Username=name)["UserStatus"] == "CONFIRMED"


def test_an_address_in_another_case_is_the_same_user(app: Application) -> None:
    cognito, address = app.aws.client("cognito-idp"), f"{unique('Ann')}@charity.example"
    pool, client = user_pool(app.aws, UsernameAttributes=["email"], UsernameConfiguration={"CaseSensitive": False})
    attributes = [{"Name": "email", "Value": address}]
    cognito.sign_up(ClientId=client, Username=address, Password=PASSWORD, UserAttributes=attributes)
    with pytest.raises(cognito.exceptions.UsernameExistsException):
        cognito.sign_up(ClientId=client, Username=address.upper(), Password=PASSWORD)
    shouted = [{"Name": "email", "Value": address.upper()}]
    with pytest.raises(cognito.exceptions.UsernameExistsException):
        cognito.sign_up(ClientId=client, Username=address.upper(), Password=PASSWORD, UserAttributes=shouted)
    with pytest.raises(cognito.exceptions.UsernameExistsException):
        cognito.admin_create_user(UserPoolId=pool, Username=address.lower(), MessageAction="SUPPRESS")

    cognito.confirm_sign_up(ClientId=client, Username=address.lower(), ConfirmationCode="123456")
    tokens = [sign_in(app.aws, client, name)["AccessToken"] for name in (address, address.upper(), address.lower())]

    assert len({cognito.get_user(AccessToken=token)["Username"] for token in tokens}) == 1
    cognito.forgot_password(ClientId=client, Username=address.upper())
    assert cognito.admin_get_user(UserPoolId=pool, Username=address.upper())["UserStatus"] == "CONFIRMED"


def test_case_matters_in_a_pool_without_that_setting(app: Application) -> None:
    name = sign_up(app.aws, app.outputs)
    confirm(app.aws, app.outputs, name)
    cognito = app.aws.client("cognito-idp")
    with pytest.raises(cognito.exceptions.UserNotFoundException):
        cognito.admin_get_user(UserPoolId=app.outputs["Pool"], Username=name.upper())
