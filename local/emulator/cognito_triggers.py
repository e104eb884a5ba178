"""Cognito: what confirming a sign-up or a new password triggers."""

import contextvars
import json
import threading
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import cognito, lambda_svc

from local.emulator.provisioning import Answer, Json

ANSWER_TIMEOUT_SECONDS = 5
MAX_ATTEMPTS = 3
SOURCES = {
    "SignUp": "PostConfirmation_ConfirmSignUp",  # if a pre sign-up trigger confirmed the user
    "ConfirmSignUp": "PostConfirmation_ConfirmSignUp",
    "AdminConfirmSignUp": "PostConfirmation_ConfirmSignUp",
    "ConfirmForgotPassword": "PostConfirmation_ConfirmForgotPassword",
}


def verify_confirmed_addresses() -> None:
    """Mark the address that the confirmation code was sent to as verified, so that tokens and triggers report it."""
    run = cognito._run_idp_handler

    def run_and_verify(handler: Callable[[Json], Answer], action: str, data: Json) -> Answer:
        answer: Answer = run(handler, action, data)
        if action == "ConfirmSignUp" and answer[0] == 200:
            pool, user = _pool_and_user(data)
            attributes = cognito._attr_list_to_dict(user["Attributes"])
            sent_to = next((name for name in pool.get("AutoVerifiedAttributes") or [] if name in attributes), None)
            if sent_to:
                verified = [{"Name": f"{sent_to}_verified", "Value": "true"}]
                user["Attributes"] = cognito._merge_attributes(user["Attributes"], verified)
        return answer

    cognito._run_idp_handler = run_and_verify


def run_post_confirmation() -> None:
    """Invoke the pool's PostConfirmation trigger, which MiniStack never does.

    If it fails, the caller gets the error, but the user stays confirmed.
    """
    run = cognito._run_idp_handler

    def run_then_trigger(handler: Callable[[Json], Answer], action: str, data: Json) -> Answer:
        answer: Answer = run(handler, action, data)
        if answer[0] != 200 or action not in SOURCES:
            return answer
        if action == "SignUp" and not json.loads(answer[2])["UserConfirmed"]:
            return answer
        pool, user = _pool_and_user(data)
        function = (pool.get("LambdaConfig") or {}).get("PostConfirmation")
        failure = _invoke(function, _event(SOURCES[action], pool, user, data)) if function else None
        return error_response_json("UserLambdaValidationException", failure, 400) if failure else answer

    cognito._run_idp_handler = run_then_trigger


def _pool_and_user(data: Json) -> tuple[Json, Json]:
    pool = (
        cognito._user_pools[data["UserPoolId"]]
        if "UserPoolId" in data
        else cognito._pool_for_client(data["ClientId"])[0]
    )
    return pool, cognito._resolve_user(pool, data["Username"])[0]


def _event(source: str, pool: Json, user: Json, data: Json) -> Json:
    attributes = cognito._attr_list_to_dict(user["Attributes"])
    request = {"userAttributes": attributes | {"cognito:user_status": user["UserStatus"]}}
    if "ClientMetadata" in data:
        request["clientMetadata"] = data["ClientMetadata"]
    return {
        "version": "1",
        "region": cognito._pool_region(pool["Id"]),
        "userPoolId": pool["Id"],
        "userName": user["Username"],
        "callerContext": {
            "awsSdkVersion": "aws-sdk-unknown-unknown",
            "clientId": data.get("ClientId", "CLIENT_ID_NOT_APPLICABLE"),
        },
        "triggerSource": source,
        "request": request,
        "response": {},
    }


def _invoke(function: str, event: Json) -> str | None:
    """Return the error, if any. As Cognito does, retry up to twice if there is no answer within 5 seconds."""
    record, configuration, _ = lambda_svc._get_func_record_for_ref(function)
    if record is None or configuration is None:
        return f"PostConfirmation invocation failed: {function} does not exist."
    executable = lambda_svc._execution_record_for_config(record, configuration)
    for _ in range(MAX_ATTEMPTS):
        result = _answer_in_time(executable, event)
        if result is not None:
            if not result.get("error"):
                return None
            reason = result.get("body")
            message = reason.get("errorMessage") if isinstance(reason, dict) else reason
            return f"PostConfirmation failed with error {message}."
    return "PostConfirmation invocation failed due to error TimeoutException."


def _answer_in_time(executable: Json, event: Json) -> Json | None:
    results: list[Any] = []
    caller = contextvars.copy_context()  # which holds MiniStack's current account and region

    def execute() -> None:
        results.append(caller.run(lambda_svc._execute_function_with_config_scope, executable, event))

    thread = threading.Thread(target=execute, daemon=True)
    thread.start()
    thread.join(ANSWER_TIMEOUT_SECONDS)
    return results[0] if results else None
