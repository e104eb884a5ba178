"""Nested stacks: MiniStack deploys a child with less care than a root stack. On AWS there is no difference.

Its deployer looks these functions up anew for every child, so replacing them here leaves root stacks alone.
"""

import re
from contextvars import ContextVar
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, engine, handlers, provisioners, stacks
from samtranslator.translator import transform as sam

from local.emulator.provisioning import Json

type Deployed = tuple[str, Json]

_SUFFIX = 13
"""Characters at the end of a name that is made up: of a hash, in hexadecimal."""


def transform_children() -> None:
    """Apply the SAM transform to child templates too; without it their AWS::Serverless::* types are unknown."""
    parse = engine._parse_template

    def parse_and_transform(body: str) -> Any:
        template = engine._apply_transforms(parse(body))
        if isinstance(template, engine._TransformFailed):
            raise ValueError(template.error)
        return template

    engine._parse_template = parse_and_transform


def hand_parameters_to_sam() -> None:
    """Let SAM see the values of a stack's parameters, of a root and of a child, while it translates the template.

    MiniStack hands it none. What SAM has to read itself, a function's AutoPublishCodeSha256, could not be a parameter.
    """
    apply, deploy, translate = engine._apply_transforms, provisioners._cfn_nested_stack_deploy, sam.transform
    of_child: ContextVar[list[Json] | None] = ContextVar("parameters of a child", default=None)
    values: ContextVar[Json | None] = ContextVar("parameter values", default=None)

    def deploy_child(logical_id: str, properties: Json, *more: Any, **named: Any) -> Deployed:
        provided = [{"Key": key, "Value": str(value)} for key, value in (properties.get("Parameters") or {}).items()]
        token = of_child.set(provided)
        try:
            deployed: Deployed = deploy(logical_id, properties, *more, **named)
            return deployed
        finally:
            of_child.reset(token)

    def apply_with_parameters(template: Json, provided: Any = None, previous: Any = None) -> Any:
        found = engine._transform_parameters(template, of_child.get() if provided is None else provided, previous)
        token = values.set(found)
        try:
            return apply(template, provided, previous)
        finally:
            values.reset(token)

    def translate_with_parameters(template: Json, parameters: Json, *more: Any, **named: Any) -> Any:
        return translate(template, (values.get() or {}) | parameters, *more, **named)

    provisioners._cfn_nested_stack_deploy = deploy_child
    for module in (engine, handlers, changesets):  # each has imported the function by its name
        module._apply_transforms = apply_with_parameters
    sam.transform = translate_with_parameters


def register_exports_of_children() -> None:
    """Publish a child's exported outputs, so that Fn::ImportValue finds them anywhere in the region."""
    deploy = provisioners._cfn_nested_stack_deploy

    def deploy_and_register(*args: Any, **kwargs: Any) -> Deployed:
        stack_id, attributes = deploy(*args, **kwargs)
        stack = cloudformation._stacks[provisioners._nested_stack_lookup_name(stack_id)]
        template = stack["_template"]
        stack["Outputs"], exports = stacks._resolve_stack_outputs(
            template.get("Outputs", {}),
            stack["_conditions"],
            stack["_resources"],
            stack["_resolved_params"],
            template.get("Mappings", {}),
            stack["StackName"],
            stack_id,
        )
        cloudformation._exports.update(exports)
        return stack_id, attributes

    provisioners._cfn_nested_stack_deploy = deploy_and_register


def keep_attributes_on_update() -> None:
    """Remember what Fn::GetAtt answers for a child's resources when an update leaves them as they are.

    MiniStack forgets them (the ARN of an unchanged role, say), and whatever refers to them rolls back.
    """
    update = provisioners._update_resource

    def update_and_keep(
        type_: str, physical_id: str, old: Json, new: Json, stack: str, logical_id: str, known: Json | None = None
    ) -> Deployed:
        if known is None:
            resources = (cloudformation._stacks.get(stack) or {}).get("_resources") or {}
            known = (resources.get(logical_id) or {}).get("Attributes") or {}
        new_id, attributes = update(type_, physical_id, old, new, stack, logical_id, known)
        return new_id, ({**known, **(attributes or {})} if new_id == physical_id else attributes)

    provisioners._update_resource = update_and_keep


def keep_names_on_update() -> None:
    """Leave a child's resources the names that were made up for them, until they are replaced.

    MiniStack works a name out again at every update, from the stack, the logical id and a seed. A bucket draws a seed
    by chance, and in a child it goes into the names of all that is deployed after it, and is remembered by none of
    them: their first update finds another name, and puts an empty table in the place of the full one.
    """
    name_of, update = provisioners._physical_name, provisioners._update_resource
    updating: ContextVar[tuple[str, str | None, str, str] | None] = ContextVar("updating", default=None)

    def update_and_keep(
        type_: str, physical_id: str, old: Json, new: Json, stack: str, logical_id: str | None = None, *more: Any
    ) -> Deployed:
        token = updating.set((stack, logical_id, provisioners._NAME_SEED.get(), physical_id))
        try:
            deployed: Deployed = update(type_, physical_id, old, new, stack, logical_id, *more)
            return deployed
        finally:
            updating.reset(token)

    def kept_or_new_name(stack: str, logical_id: str, **limits: Any) -> str:
        name: str = name_of(stack, logical_id, **limits)
        *resource, physical_id = updating.get() or (None,)
        if resource != [stack, logical_id, provisioners._NAME_SEED.get()]:  # another's, or a replacement: it is seeded
            return name
        kept = re.search(re.escape(name[:-_SUFFIX]) + rf"[0-9A-Fa-f]{{{_SUFFIX}}}", str(physical_id))
        return kept.group() if kept else name  # the id may hold more than the name: a queue's is its URL

    provisioners._physical_name = kept_or_new_name
    provisioners._update_resource = update_and_keep


def resolve_secrets_in_children() -> None:
    """Resolve {{resolve:secretsmanager:…}} and {{resolve:ssm:…}} in children; MiniStack does so in roots only."""
    provision, update = provisioners._provision_resource, provisioners._update_resource

    def resolve(properties: Json) -> Any:
        return engine._resolve_dynamic_references(properties)[0]

    def resolve_if_still_there(properties: Json) -> Any:
        try:
            return resolve(properties)
        except ValueError:  # what the last deployment referred to may have been deleted since
            return properties

    def provision_resolved(type_: str, logical_id: str, properties: Json, stack: str) -> Deployed:
        deployed: Deployed = provision(type_, logical_id, resolve(properties), stack)
        return deployed

    def update_resolved(type_: str, physical_id: str, old: Json, new: Json, *more: Any) -> Deployed:
        deployed: Deployed = update(type_, physical_id, resolve_if_still_there(old), resolve(new), *more)
        return deployed

    provisioners._provision_resource = provision_resolved
    provisioners._update_resource = update_resolved
