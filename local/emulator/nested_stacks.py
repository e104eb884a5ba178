"""Nested stacks: MiniStack leaves out steps for child stacks that it takes for root stacks; AWS makes no difference.

MiniStack looks the patched functions up whenever it deploys a child, so patching them does not affect root stacks.
"""

import re
from contextvars import ContextVar
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, engine, handlers, provisioners, stacks
from samtranslator.translator import transform as sam

from local.emulator.provisioning import RESOURCE_HANDLERS, Json

type Deployed = tuple[str, Json]

_SUFFIX = 13
"""Length of the hexadecimal hash at the end of a generated name."""


def transform_children() -> None:
    """Apply the SAM transform to child templates too, so that they may contain AWS::Serverless::* resources."""
    parse = engine._parse_template

    def parse_and_transform(body: str) -> Any:
        template = engine._apply_transforms(parse(body))
        if isinstance(template, engine._TransformFailed):
            raise ValueError(template.error)
        return template

    engine._parse_template = parse_and_transform


def pass_parameters_to_sam() -> None:
    """Pass the values of a stack's parameters, root or child, to the SAM transform.

    MiniStack passes none. So no parameter could be used for what SAM itself reads: AutoPublishCodeSha256.
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
    for module in (engine, handlers, changesets):  # each has its own reference to the function
        module._apply_transforms = apply_with_parameters
    sam.transform = translate_with_parameters


def register_exports_of_children() -> None:
    """Register the exports of child stacks, so that Fn::ImportValue finds them in the whole region."""
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
    """Keep the attributes of a child's resources (for Fn::GetAtt) when an update does not change them.

    MiniStack loses them, so an update fails if, for example, something refers to an unchanged role's ARN.
    """
    update = provisioners._update_resource

    def update_and_keep(
        type_: str, physical_id: str, old: Json, new: Json, stack: str, logical_id: str, attributes: Json | None = None
    ) -> Deployed:
        if attributes is None:
            resources = (cloudformation._stacks.get(stack) or {}).get("_resources") or {}
            attributes = (resources.get(logical_id) or {}).get("Attributes") or {}
        new_id, updated = update(type_, physical_id, old, new, stack, logical_id, attributes)
        return new_id, ({**attributes, **(updated or {})} if new_id == physical_id else updated)

    provisioners._update_resource = update_and_keep


def keep_names_on_update() -> None:
    """Keep the generated names of a child's resources until they are replaced.

    MiniStack derives a name from stack, logical id and a seed, at every update again. A bucket gets a random seed,
    which in a child stack is also used for everything deployed after the bucket, but not remembered there. So the first
    update derives other names, and replaces full tables by empty ones.
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
        if resource != [stack, logical_id, provisioners._NAME_SEED.get()]:
            return name  # of another resource, or of a replacement, which gets a seed
        kept = re.search(re.escape(name[:-_SUFFIX]) + rf"[0-9A-Fa-f]{{{_SUFFIX}}}", str(physical_id))
        return kept.group() if kept else name  # the id may contain more than the name: a queue's is its URL

    provisioners._physical_name = kept_or_new_name
    provisioners._update_resource = update_and_keep


def retain_in_children() -> None:
    """Keep what a child's template retains when its parent deletes the child. MiniStack deletes it."""
    delete = provisioners._cfn_nested_stack_delete

    def delete_and_retain(physical_id: str, properties: Json) -> None:
        child = cloudformation._stacks.get(provisioners._nested_stack_lookup_name(physical_id)) or {}
        declared, resources = child.get("_template", {}).get("Resources", {}), child.get("_resources", {})
        for logical_id in set(declared) & set(resources):
            policy = stacks._resource_policy(
                declared[logical_id],
                "DeletionPolicy",
                resources,
                child["_resolved_params"],
                child["_conditions"],
                child["_template"].get("Mappings", {}),
                child["StackName"],
                child["StackId"],
            )
            if policy in stacks._RETAINING_POLICIES:
                del resources[logical_id]
        delete(physical_id, properties)

    RESOURCE_HANDLERS["AWS::CloudFormation::Stack"]["delete"] = delete_and_retain


def resolve_secrets_in_children() -> None:
    """Resolve {{resolve:secretsmanager:…}} and {{resolve:ssm:…}} in child stacks as in root stacks."""
    provision, update = provisioners._provision_resource, provisioners._update_resource

    def resolve(properties: Json) -> Any:
        return engine._resolve_dynamic_references(properties)[0]

    def resolve_if_still_there(properties: Json) -> Any:
        try:
            return resolve(properties)
        except ValueError:  # the previous deployment's secret may have been deleted since
            return properties

    def provision_resolved(type_: str, logical_id: str, properties: Json, stack: str) -> Deployed:
        deployed: Deployed = provision(type_, logical_id, resolve(properties), stack)
        return deployed

    def update_resolved(type_: str, physical_id: str, old: Json, new: Json, *more: Any) -> Deployed:
        deployed: Deployed = update(type_, physical_id, resolve_if_still_there(old), resolve(new), *more)
        return deployed

    provisioners._provision_resource = provision_resolved
    provisioners._update_resource = update_resolved
