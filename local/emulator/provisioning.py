"""Shared by several patches: reading MiniStack's responses, and hooks on CloudFormation's resources."""

import json
from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import provisioners

RESOURCE_HANDLERS = provisioners._RESOURCE_HANDLERS

type Json = dict[str, Any]
type Answer = tuple[int, dict[str, str], bytes]

type AfterDeploy = Callable[[str, Json, Json], object]
"""Takes the physical id, the deployed properties and the previous ones (empty for a new resource)."""


def succeed(answer: Answer) -> Any:
    """The parsed body of a response of MiniStack's; an error response fails the deployment, as on AWS."""
    status, _, body = answer
    if status >= 400:
        raise ValueError(body.decode())
    return json.loads(body) if body else None


def after_deploy(resource_type: str, action: AfterDeploy) -> None:
    """Call `action` whenever CloudFormation has created or updated a resource of this type."""
    handlers = RESOURCE_HANDLERS[resource_type]
    create, update = handlers["create"], handlers["update"]

    def create_then_act(logical_id: str, properties: Json, stack_name: str) -> tuple[str, Json]:
        physical_id, attributes = create(logical_id, properties, stack_name)
        action(physical_id, properties, {})
        return physical_id, attributes

    def update_then_act(physical_id: str, old: Json, new: Json, *more: str) -> tuple[str, Json]:
        physical_id, attributes = update(physical_id, old, new, *more)
        action(physical_id, new, old)
        return physical_id, attributes

    handlers.update(create=create_then_act, update=update_then_act)
