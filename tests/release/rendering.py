"""The translated templates with the names and ARNs that a deployment gives their resources, each as long as on AWS.

Where a template leaves a choice to a condition, the longer value counts.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse

from release.project import ROOT, Json, resources
from release.translation import translated

ROOT_STACK = "almoner-long-staging"
"""As long as docs/account.md allows."""
_RANDOM = "1ABCDEFGHIJKL"
_NO_VALUE = object()
_IDS = {  # AWS's own, without the stack's name
    "AWS::Bedrock::KnowledgeBase": "ABCDEFGHIJ",
    "AWS::Cognito::UserPool": "ap-southeast-2_ABCDEFGHI",
    "AWS::Cognito::UserPoolClient": "1234567890abcdefghijklmnop",
}
_PSEUDO = {
    "AWS::Partition": "aws-us-gov",
    "AWS::Region": "ap-southeast-2",
    "AWS::AccountId": "123456789012",
    "AWS::URLSuffix": "amazonaws.com",
}
_REFERRED_TO_BY_ARN = (
    "AWS::Lambda::Alias",
    "AWS::Lambda::LayerVersion",
    "AWS::SNS::Topic",
    "AWS::StepFunctions::StateMachine",
)
_MAX_NAMES = {
    "AWS::CloudWatch::Alarm": 255,
    "AWS::IAM::Role": 64,
    "AWS::Lambda::Function": 64,
    "AWS::S3::Bucket": 63,
    "AWS::SQS::Queue": 80,
}


@dataclass(frozen=True)
class Stack:
    """A stack and the values of its parameters."""

    name: str
    file: Path
    parameters: Mapping[str, str] = field(default_factory=dict)
    _children: dict[str, "Stack"] = field(default_factory=dict)

    @cached_property
    def template(self) -> Json:
        return translated(self.file)

    def resources(self, *types: str) -> Iterator[tuple[str, Json]]:
        """The logical id and the rendered properties of each resource of a type."""
        for name, resource in self.template["Resources"].items():
            if resource["Type"] in types:
                yield name, self.rendered(resource.get("Properties", {}))

    @property
    def children(self) -> list["Stack"]:
        return [self.child(name) for name in self.locations]

    def child(self, name: str) -> "Stack":
        """A nested stack, whose parameters may be outputs of others."""
        if name not in self._children:
            parameters = self.rendered(self.template["Resources"][name]["Properties"].get("Parameters", {}))
            file = (self.file.parent / self.locations[name]).resolve()
            self._children[name] = Stack(f"{self.name}-{name}-{_RANDOM}", file, parameters)
        return self._children[name]

    @cached_property
    def locations(self) -> dict[str, str]:
        """The files of nested stacks, which the translated template names no longer."""
        source: Json = yaml_parse(self.file.read_text())
        return {name: properties["Location"] for name, properties in resources(source, "AWS::Serverless::Application")}

    def rendered(self, node: Any) -> Any:
        if isinstance(node, list):
            return [item for item in map(self.rendered, node) if item is not _NO_VALUE]
        if not isinstance(node, dict):
            return node
        match node:
            case {"Ref": str(name)} if len(node) == 1:
                return self._ref(name)
            case {"Fn::GetAtt": found} if len(node) == 1:
                resource, _, attribute = (found if isinstance(found, str) else ".".join(found)).partition(".")
                return self._attribute(resource, attribute)
            case {"Fn::Sub": text} if len(node) == 1:
                pattern, values = (text, {}) if isinstance(text, str) else (text[0], self.rendered(text[1]))
                return re.sub(r"\$\{([^!}]+)\}", lambda found: str(self._named(found[1], values)), pattern)
            case {"Fn::Join": [separator, parts]} if len(node) == 1:
                return separator.join(map(str, self.rendered(parts)))
            case {"Fn::If": [_, one, other]} if len(node) == 1:
                return max(self.rendered(one), self.rendered(other), key=_length)
            case {"Fn::Select": _} | {"Fn::Split": _} | {"Fn::ImportValue": _} if len(node) == 1:
                return "x" * 40
        found = {name: self.rendered(value) for name, value in node.items()}
        return {name: value for name, value in found.items() if value is not _NO_VALUE}

    def _named(self, name: str, values: Mapping[str, Any]) -> Any:
        if name in values:
            return values[name]
        resource, _, attribute = name.partition(".")
        return self._attribute(resource, attribute) if attribute else self._ref(name)

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NO_VALUE
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name == "AWS::StackName":
            return self.name
        if name.startswith("AWS::"):
            return f"arn:aws:cloudformation:{_PSEUDO['AWS::Region']}:123456789012:stack/{self.name}/{'0' * 36}"
        if name in self.template["Resources"]:
            kind = self.template["Resources"][name]["Type"]
            if kind == "AWS::SQS::Queue":
                return f"https://sqs.{_PSEUDO['AWS::Region']}.amazonaws.com/123456789012/{self._physical(name)}"
            return self._arn(name) if kind in _REFERRED_TO_BY_ARN else self._physical(name)
        parameter = self.template["Parameters"][name]
        return self.parameters.get(name) or parameter.get("Default") or "x" * 40

    def _attribute(self, resource: str, attribute: str) -> Any:
        if resource in self.locations:
            child = self.child(resource)
            return child.rendered(child.template["Outputs"][attribute.removeprefix("Outputs.")]["Value"])
        return self._arn(resource) if "Arn" in attribute else self._physical(resource)

    def _arn(self, name: str) -> str:
        service, kind = self.template["Resources"][name]["Type"].lower().split("::")[1:]
        owner = f"{_PSEUDO['AWS::Region']}:{_PSEUDO['AWS::AccountId']}"
        return f"arn:{_PSEUDO['AWS::Partition']}:{service}:{owner}:{kind}/{self._physical(name)}"

    def _physical(self, name: str) -> str:
        type_ = self.template["Resources"][name]["Type"]
        if type_ in _IDS:
            return _IDS[type_]
        limit = _MAX_NAMES.get(type_, 128)
        return f"{self.name}-{name}"[: limit - len(_RANDOM) - 1] + f"-{_RANDOM}"


def stacks(stack: Stack | None = None) -> Iterator[Stack]:
    """The root stack with the longest name that is likely, and all that it nests."""
    stack = stack or Stack(ROOT_STACK, ROOT / "template.yaml")
    yield stack
    for child in stack.children:
        yield from stacks(child)


def _length(value: Any) -> int:
    return 0 if value is _NO_VALUE else len(json.dumps(value))
