"""Credentials: whose keys are accepted, and what requests without any may do."""

import hashlib
import hmac
import os
from typing import Any

from ministack.core import iam_evaluator, lambda_runtime
from ministack.core.responses import get_account_id
from ministack.services import lambda_svc, s3, sts

from local.emulator.provisioning import Json

_FOR_EVERYBODY = frozenset({"execute-api:Invoke", "lambda:InvokeFunctionUrl"})
"""Decided by the API itself, or by the function's URL."""
_MISSING = iam_evaluator.AuthError("MissingAuthenticationToken", "Missing Authentication Token")


def verify_root_user() -> None:
    """Only AWS_ACCESS_KEY_ID is the root user's key, and its signatures are verified like those of all others.

    In MiniStack, requests without a key are the root user's, and so are those with `test` or an account's number for a
    key, whatever their signature.
    """
    enforce, check, identify = (
        iam_evaluator.enforce,
        iam_evaluator.check_credentials,
        iam_evaluator.resolve_caller_identity,
    )

    def enforce_for_all(
        access_key_id: str, iam_action: str, service: str, region: str, resource_arn: str = "*", **named: Any
    ) -> Any:
        if not access_key_id and _needs_no_key(service, iam_action, resource_arn):
            return None
        refused = enforce(access_key_id, iam_action, service, region, resource_arn=resource_arn, **named)
        return refused or (None if access_key_id else _MISSING)

    def check_all(access_key_id: str, service: str | None = None) -> Any:
        refused = check(access_key_id, service)
        return _MISSING if refused and not access_key_id and iam_evaluator._anonymous.get() else refused

    def identify_root_user(access_key_id: str) -> Json | None:
        found: Json | None = identify(access_key_id)
        if found is not None or not _is_root(access_key_id):
            return found
        account = get_account_id()
        return {
            "accessKey": access_key_id,
            "accountId": account,
            "userArn": f"arn:aws:iam::{account}:root",
            "userId": account,
            "principalOrgId": None,
            "session": None,
        }

    iam_evaluator.is_root_access_key = sts.is_root_access_key = _is_root
    iam_evaluator._is_root_key = lambda _: False  # nobody is believed without a signature
    iam_evaluator.enforce, iam_evaluator.check_credentials = enforce_for_all, check_all
    iam_evaluator.resolve_caller_identity = identify_root_user


def _is_root(access_key_id: str) -> bool:
    return bool(access_key_id) and access_key_id == os.environ.get("AWS_ACCESS_KEY_ID")


def _needs_no_key(service: str, iam_action: str, resource_arn: str) -> bool:
    """S3 looks at a bucket's policy itself, and verifies signed forms."""
    if service == "s3":
        return s3.bucket_policy_for_arn(resource_arn) is not None
    return iam_action in _FOR_EVERYBODY or iam_evaluator._served_unsigned(service, iam_action)


def make_keys_of_roles_secret() -> None:
    """Derive the keys of functions' roles from the root user's secret: MiniStack's follow from their names."""

    def credentials_of(config: Json) -> dict[str, str]:
        account, _ = lambda_runtime._account_region_from_function_config(config)
        role = config.get("Role", "")

        def derived(purpose: str) -> str:
            text = f"{purpose} {config['FunctionArn']} {role}"
            return hmac.new(os.environ["AWS_SECRET_ACCESS_KEY"].encode(), text.encode(), hashlib.sha256).hexdigest()

        name, session = role.rsplit("/", 1)[-1], config["FunctionName"][:64]
        key, secret, token = f"ASIA{derived('key')[:16].upper()}", derived("secret"), derived("token")
        sts.register_session(
            key,
            {
                "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
                "UserId": f"{name}:{session}",
                "SecretAccessKey": secret,
                "SessionToken": token,
            },
        )
        return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}

    lambda_runtime.execution_credentials = lambda_svc.execution_credentials = credentials_of
