"""Makes somebody an administrator of the platform."""

import getpass
import os
import re
import sys
from typing import Any

from operations.environment import CannotContinue, Environment

_GROUP = "admin"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def make_administrator(environment: Environment, email: str, name: str) -> str:
    """Add the user to the group, after creating the user if there is none. Returns what was done."""
    if not _EMAIL.fullmatch(email):
        raise CannotContinue(f"EMAIL must be an e-mail address, not {email!r}: make admin EMAIL=you@example.org")
    pool = environment.outputs()["UserPoolId"]
    cognito = environment.client("cognito-idp")
    created = not _exists(cognito, pool, email)
    if created:
        password = _password()
        _create(cognito, pool, email, name or email.split("@")[0], password)
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName=_GROUP)
    how = "was created, and is" if created else "is"
    return f"{email} {how} an administrator; tokens say so from the next sign-in on."


def _exists(cognito: Any, pool: str, email: str) -> bool:
    try:
        cognito.admin_get_user(UserPoolId=pool, Username=email)
    except cognito.exceptions.UserNotFoundException:
        return False
    return True


def _create(cognito: Any, pool: str, email: str, name: str, password: str) -> None:
    """Without Cognito's invitation: the password was typed in, and the pool's mails are few a day."""
    attributes = {"email": email, "email_verified": "true", "name": name}
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=email,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()],
    )
    try:
        cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=password, Permanent=True)
    except cognito.exceptions.InvalidPasswordException as error:
        cognito.admin_delete_user(UserPoolId=pool, Username=email)
        raise CannotContinue(f"The pool refuses the password: {error.response['Error']['Message']}") from error


def _password() -> str:
    if given := os.environ.get("PASSWORD"):
        return given
    if not sys.stdin.isatty():
        raise CannotContinue(
            "There is no such user yet. Set PASSWORD to the new user's password, or run this in a terminal."
        )
    password = getpass.getpass("Password of the new user (12 characters, upper and lower case, a number): ")
    if password != getpass.getpass("Again: "):
        raise CannotContinue("The passwords differ; nothing was done.")
    return password
