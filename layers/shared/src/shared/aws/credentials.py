"""Whose name requests to AWS are signed in."""

import os
from functools import cache
from typing import Any

from shared.aws.signing import Credentials


class NoCredentials(RuntimeError):
    """Neither the environment nor a profile, a container or an instance has a role for us."""


def current_credentials() -> Credentials:
    """Those of the environment, where Lambda puts its role's; else whatever botocore's chain finds, renewed in time.

    Raises NoCredentials.
    """
    access_key = os.environ.get("AWS_ACCESS_KEY_ID")
    if access_key:
        token = os.environ.get("AWS_SESSION_TOKEN")
        return Credentials(access_key, os.environ["AWS_SECRET_ACCESS_KEY"], token or None)
    found = _chain().get_frozen_credentials()
    return Credentials(found.access_key, found.secret_key, found.token)


@cache
def _chain() -> Any:
    from botocore.session import get_session  # never in a Lambda function: it is most of an SDK's cold start

    credentials = get_session().get_credentials()
    if credentials is None:
        raise NoCredentials("set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    return credentials
