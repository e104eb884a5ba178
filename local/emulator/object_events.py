"""S3: the events that it sends to EventBridge."""

import json
from contextvars import ContextVar
from typing import Any

from ministack.services import eventbridge, s3

_VERSION: ContextVar[str | None] = ContextVar("version", default=None)


def name_versions() -> None:
    """Say which version of an object an event is about: otherwise two that overtake each other look the same.

    Other members of the detail are those of AWS, too: a deleted object has no size.
    """
    fire, dispatch = s3._fire_s3_event, eventbridge._dispatch_event

    def fire_with_version(*event: Any, version_id: str | None = None, **more: Any) -> None:
        token = _VERSION.set(version_id)
        try:
            fire(*event, version_id=version_id, **more)
        finally:
            _VERSION.reset(token)

    def dispatch_with_version(event: dict[str, Any], *more: Any) -> Any:
        if event.get("Source") != "aws.s3":
            return dispatch(event, *more)
        detail = json.loads(event["Detail"])
        detail.pop("event-version", None)
        if (version := _VERSION.get()) not in {None, "null"}:
            detail["object"]["version-id"] = version
        if event["DetailType"] == "Object Deleted":
            detail["object"].pop("size", None)
        return dispatch(event | {"Detail": json.dumps(detail)}, *more)

    s3._fire_s3_event, eventbridge._dispatch_event = fire_with_version, dispatch_with_version
