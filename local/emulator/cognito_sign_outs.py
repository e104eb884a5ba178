"""Cognito: what CloudTrail reports of calls that end a user's access."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import cognito, eventbridge

from local.emulator.provisioning import Answer, Json

ENDING = frozenset(
    {
        "AdminUserGlobalSignOut",
        "GlobalSignOut",
        "AdminDisableUser",
        "AdminDeleteUser",
        "DeleteUser",
        "AdminRemoveUserFromGroup",
        "AdminResetUserPassword",
        "AdminSetUserPassword",
    }
)


def report_sign_outs() -> None:
    """Put successful calls on the default event bus, as CloudTrail does where the account has a trail."""
    run = cognito._run_idp_handler

    def run_and_report(handler: Callable[[Json], Answer], action: str, data: Json) -> Answer:
        pool_and_user = _pool_and_user(data) if action in ENDING else None  # deleted users cannot be found afterwards
        answer: Answer = run(handler, action, data)
        if pool_and_user and answer[0] == 200:
            entry = {
                "Source": "aws.cognito-idp",
                "DetailType": "AWS API Call via CloudTrail",
                "Detail": json.dumps(_call(action, *pool_and_user)),
            }
            eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
        return answer

    cognito._run_idp_handler = run_and_report


def _pool_and_user(data: Json) -> tuple[str, str] | None:
    """The pool's id and the user's `sub`; None if there is no such user."""
    if token := data.get("AccessToken"):
        claims = cognito._token_claims(token) or {}
        return (str(claims["iss"]).rpartition("/")[2], claims["sub"]) if {"iss", "sub"} <= claims.keys() else None
    pool = cognito._user_pools.get(data.get("UserPoolId"))
    user, _ = cognito._resolve_user(pool, data.get("Username")) if pool else (None, None)
    return (pool["Id"], cognito._attr_list_to_dict(user["Attributes"])["sub"]) if pool and user else None


def _call(action: str, pool_id: str, user_id: str) -> Json:
    return {
        "eventVersion": "1.11",
        "eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "cognito-idp.amazonaws.com",
        "eventName": action,
        "awsRegion": get_region(),
        "requestParameters": {"userPoolId": pool_id, "username": "HIDDEN_DUE_TO_SECURITY_REASONS"},
        "responseElements": None,
        "additionalEventData": {"sub": user_id},
        "requestID": new_uuid(),
        "eventID": new_uuid(),
        "eventType": "AwsApiCall",
        "recipientAccountId": get_account_id(),
    }
