"""A job of GitHub Actions as AWS sees it: a token with claims, for which STS gives the deploying role's credentials."""

import base64
import json
import time

from operations.environment import Environment


def credentials_of_job(here: Environment, role: str, subject: str) -> dict[str, str]:
    """As environment variables. Raises ClientError where the role does not trust the subject."""
    now = int(time.time())
    claims = {
        "iss": "https://token.actions.githubusercontent.com",
        "aud": "sts.amazonaws.com",
        "sub": subject,
        "iat": now,
        "exp": now + 600,
    }
    token = ".".join([_part({"alg": "RS256", "typ": "JWT"}), _part(claims), "c2lnbmVk"])
    given = here.client("sts").assume_role_with_web_identity(
        RoleArn=role, RoleSessionName="deploy", WebIdentityToken=token
    )["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }


def _part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
