"""Refusals in Stripe's form: {"error": {"type", "code", "message", "param", …}}."""

from typing import Any

type Json = dict[str, Any]


class Refusal(Exception):
    """`is_kept`: whether a repetition with the same key gets it again, as it does once a request has begun to work."""

    status = 400
    type = "invalid_request_error"
    is_kept = False

    def __init__(self, message: str, *, code: str = "", param: str = "", **more: Any) -> None:
        super().__init__(message)
        said = {"type": self.type, "code": code, "param": param, "message": message, **more}
        self.body: Json = {"error": {name: value for name, value in said.items() if value not in ("", None)}}


class Unauthorized(Refusal):
    status = 401


class Missing(Refusal):
    status = 404

    def __init__(self, kind: str, id_: str, param: str = "id") -> None:
        super().__init__(f"No such {kind}: '{id_}'", code="resource_missing", param=param)


class UnexpectedState(Refusal):
    """What is requested does not go together with what the object is now."""

    is_kept = True


class CardError(Refusal):
    status = 402
    type = "card_error"
    is_kept = True


class KeyReused(Refusal):
    type = "idempotency_error"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The idempotency key '{key}' can only be used with the same parameters it was first used with."
        )


class KeyInUse(Refusal):
    status = 409
    type = "idempotency_error"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"Another request with the idempotency key '{key}' is in progress. Try again later.",
            code="idempotency_key_in_use",
        )


class RateLimited(Refusal):
    status = 429

    def __init__(self) -> None:
        super().__init__("Too many requests hit the API too quickly.", code="rate_limit")


class ServerFault(Refusal):
    status = 500
    type = "api_error"
    is_kept = True

    def __init__(self) -> None:
        super().__init__("An unknown error occurred.")
