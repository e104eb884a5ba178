"""User pools and sign-ups."""

from typing import Any

from tests.contracts.emulator.aws import Aws, unique
from tests.contracts.emulator.scenarios.registry import Json


def user_pool(aws: Aws, **settings: Any) -> tuple[str, str]:
    cognito = aws.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName=unique("pool"), **settings)["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="web", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )
    return pool, client["UserPoolClient"]["ClientId"]


def sign_up(aws: Aws, pool: str, client: str) -> Json:
    """Create a confirmed user; returns the tokens."""
    cognito = aws.client("cognito-idp")
    who = {"ClientId": client, "Username": unique("ann")}
    email = [{"Name": "email", "Value": "ann@charity.example"}]
    cognito.sign_up(**who, Password="Secret-123", UserAttributes=email)
    cognito.admin_confirm_sign_up(UserPoolId=pool, Username=who["Username"])
    credentials = {"USERNAME": who["Username"], "PASSWORD": "Secret-123"}
    answer = cognito.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=credentials)
    tokens: Json = answer["AuthenticationResult"]
    return tokens
