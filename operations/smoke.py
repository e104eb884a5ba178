"""Checks that a deployed environment works: somebody signs in, reads their profile, and looks at a product."""

import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from operations.environment import CannotContinue, Environment

# Amazon SES's mailbox simulator takes the pool's one mail to this user, and no mail bounces.
EMAIL = "success+almoner-smoke-test@simulator.amazonses.com"
_PATIENCE_SECONDS = 30.0
"""For the event that creates the user's profile, and for a new API key's way through API Gateway."""
_TIMEOUT_SECONDS = 35.0  # longer than API Gateway's 29


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any

    def __str__(self) -> str:
        return f"{self.status} {json.dumps(self.body)[:300]}"


def smoke(environment: Environment, report: Callable[[str, float], None]) -> None:
    """Report each check with its milliseconds. Raises CannotContinue at the first that fails."""
    outputs = environment.outputs()
    key = environment.api_key(outputs)
    personalization, shop = environment.api("Personalization", outputs), environment.api("Commerce", outputs)

    def check[T](what: str, call: Callable[[], T]) -> T:
        started = time.monotonic()
        result = call()
        report(what, (time.monotonic() - started) * 1000)
        return result

    user_id, token = check("a user signs in", lambda: _sign_in(environment, outputs))
    profile = f"{personalization}/profile?userId={user_id}"
    keyed, signed_in = {"x-api-key": key}, {"x-api-key": key, "Authorization": f"Bearer {token}"}
    check("the user's profile", lambda: _expect(200, profile, signed_in))
    check("no profile without a token", lambda: _expect(401, profile, keyed))
    products = check("the shop's products", lambda: _expect(200, f"{shop}/products?limit=1", keyed))
    if products["items"]:
        first = products["items"][0]["productId"]
        check("a product", lambda: _expect(200, f"{shop}/products/{first}", keyed))
    check("no products without an API key", lambda: _expect(403, f"{shop}/products?limit=1", {}))
    check("the help desk, and its database", lambda: _reach_database(environment.api("KnowledgeBase", outputs)))


def _sign_in(environment: Environment, outputs: Mapping[str, str]) -> tuple[str, str]:
    """The user's id and access token; the password is another each time."""
    cognito = environment.client("cognito-idp")
    pool, client, password = outputs["UserPoolId"], outputs["UserPoolClientId"], f"Aa1-{secrets.token_urlsafe(24)}"
    attributes = [{"Name": "email", "Value": EMAIL}, {"Name": "name", "Value": "Smoke test"}]
    try:
        user = cognito.admin_get_user(UserPoolId=pool, Username=EMAIL)
    except cognito.exceptions.UserNotFoundException:
        cognito.sign_up(ClientId=client, Username=EMAIL, Password=password, UserAttributes=attributes)
        user = cognito.admin_get_user(UserPoolId=pool, Username=EMAIL)
    if user["UserStatus"] == "UNCONFIRMED":  # also of a run that was stopped here; confirming makes the supporter
        cognito.admin_confirm_sign_up(UserPoolId=pool, Username=EMAIL)
    cognito.admin_set_user_password(UserPoolId=pool, Username=EMAIL, Password=password, Permanent=True)
    tokens = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=client,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": EMAIL, "PASSWORD": password},
    )["AuthenticationResult"]
    user_id = next(each["Value"] for each in user["UserAttributes"] if each["Name"] == "sub")
    return user_id, tokens["AccessToken"]


def _reach_database(help_desk: str) -> None:
    """Without one there is nothing to reach. Raises CannotContinue."""
    dependencies = _expect(200, f"{help_desk}/health", {})["dependencies"]
    if any(each["name"] == "database" and each["status"] != "up" for each in dependencies):
        raise CannotContinue("The help desk does not reach its database, so staff see placeholders of customers")


def _expect(status: int, url: str, headers: Mapping[str, str]) -> Any:
    """The body of the answer, once it has this status. Raises CannotContinue where it never has."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (answer := _get(url, headers)).status != status:
        if time.monotonic() > deadline:
            raise CannotContinue(f"GET {url} should answer {status}, and answers {answer}")
        time.sleep(0.5)
    return answer.body


def _get(url: str, headers: Mapping[str, str]) -> Answer:
    request = urllib.request.Request(url, headers=dict(headers))  # noqa: S310  of the stack's outputs
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310  as above
            return Answer(response.status, _body(response.read()))
    except urllib.error.HTTPError as error:
        return Answer(error.code, _body(error.read()))
    except OSError as error:
        return Answer(0, str(error))


def _body(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode(errors="replace")
