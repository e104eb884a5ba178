"""sam-local.yaml: the functions of all templates in one, for `sam local`.

`sam local` cannot pass a layer to a nested template, and every context is one. So samconfig.toml makes it read this
template instead. It runs the functions from the source tree with the layers that `sam build` has built.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse

from generate.functions import ROOT, Json

FILE = ROOT / "sam-local.yaml"

_HEAD = """\
# Generated from the templates by `python -m generate`, for `sam local`: see docs/sam-local.md.
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Description: Almoner's functions and routes on one machine; never deployed
"""
_START_SECONDS = 60  # a time-out includes the start of the container
_MAX_LINE = 120
_OF_ALL = "SharedLayer"
_FUNCTION, _LAYER = "AWS::Serverless::Function", "AWS::Serverless::LayerVersion"

# Without AWS's engine for search, whose layer functions have nevertheless, so that they can be given its address.
_GIVEN = {
    "Environment": "dev",
    "AllowedOrigin": "http://localhost:5173",
    "CustomerDatabase": "none",
    "SearchUrl": "https://search.invalid",
    "MailSender": "Almoner <hello@almoner.example>",
}
# Declared, so that --env-vars can send functions to another AWS; boto3 takes an empty one for none.
_ENDPOINTS = {"AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": ""}
_PSEUDO = {"AWS::Region": "us-west-2", "AWS::URLSuffix": "amazonaws.com", "AWS::Partition": "aws"}


class Stack:
    """A template, and the stack that nests it with these parameters."""

    def __init__(self, file: Path, parameters: Json, parent: "Stack | None" = None) -> None:
        self.file, self._given, self._parent = file, parameters, parent
        self.template: Json = yaml_parse(file.read_text())
        self.resources: Json = self.template["Resources"]

    def children(self) -> Iterator["Stack"]:
        for resource in self.resources.values():
            if resource["Type"] == "AWS::Serverless::Application":
                properties = resource["Properties"]
                yield Stack(self.file.parent / properties["Location"], properties.get("Parameters", {}), self)

    def everything(self) -> Iterator["Stack"]:
        yield self
        for child in self.children():
            yield from child.everything()

    def value(self, node: Any) -> Any:
        """What the parameters' defaults make of it; for a resource's attribute, which has no value yet, its name."""
        match node:
            case {"Ref": str(name)}:
                return self._reference(name)
            case {"Fn::GetAtt": path}:
                return (path if isinstance(path, str) else ".".join(path)).rpartition(".")[2]
            case {"Fn::Sub": str(text)}:
                return self._filled(text, {})
            case {"Fn::Sub": [text, values]}:
                return self._filled(text, values)
            case {"Fn::FindInMap": [name, *keys]}:
                found = self.template["Mappings"][name]
                for key in keys:
                    found = found[self.value(key)]
                return found
            case {"Fn::If": [condition, yes, no]}:
                return self.value(yes if self.holds({"Condition": condition}) else no)
            case dict():
                raise ValueError(f"{self.file} has a value that is not supported here: {node}")
            case list():
                return [self.value(each) for each in node]
        return node

    def holds(self, condition: Json) -> bool:
        match condition:
            case {"Condition": str(name)}:
                return self.holds(self.template["Conditions"][name])
            case {"Fn::Equals": [one, other]}:
                return str(self.value(one)) == str(self.value(other))
            case {"Fn::Not": [inner]}:
                return not self.holds(inner)
            case {"Fn::And": all_of}:
                return all(self.holds(each) for each in all_of)
            case {"Fn::Or": any_of}:
                return any(self.holds(each) for each in any_of)
        raise ValueError(f"{self.file} has a condition that is not supported here: {condition}")

    def _filled(self, text: str, values: Json) -> str:
        """The text of a Fn::Sub, with its own values and those that it refers to."""

        def named(match: re.Match[str]) -> str:
            name = match[1]
            return str(self.value(values.get(name, {"Fn::GetAtt": name} if "." in name else {"Ref": name})))

        return re.sub(r"{{resolve:\w+:(.+)}}", r"\1", re.sub(r"\$\{([^}]+)\}", named, text))

    def _reference(self, name: str) -> Any:
        if name in self._given:
            return self._parent.value(self._given[name]) if self._parent else self._given[name]
        return self.template.get("Parameters", {}).get(name, {}).get("Default", _PSEUDO.get(name, name))


def template() -> dict[Path, str]:
    """The file and its text."""
    root = Stack(ROOT / "template.yaml", _GIVEN)
    found = dict(function for stack in root.everything() for function in _functions(stack))
    common = _common([variables for _, variables in found.values()])
    of_all: Json = next(stack.template["Globals"]["Function"] for stack in root.children())
    document: Json = {
        "Parameters": {"Architecture": root.template["Parameters"]["Architecture"]},
        "Globals": {
            "Function": {
                **{name: of_all[name] for name in ("Runtime", "Architectures", "Layers")},
                "Environment": {"Variables": _ENDPOINTS | common},
            }
        },
        "Resources": {
            name: {"Type": _LAYER, "Properties": {"ContentUri": f".aws-sam/build/{name}/"}}
            for name, resource in root.resources.items()
            if resource["Type"] == _LAYER
        },
    }
    for name, (properties, variables) in found.items():
        own = {each: value for each, value in variables.items() if common[each] != value}
        document["Resources"][name] = {
            "Type": _FUNCTION,
            "Properties": properties | ({"Environment": {"Variables": own}} if own else {}),
        }
    lines = [line for key, value in document.items() for line in _lines(key, value)]
    return {FILE: "\n".join([_HEAD, *lines, ""])}


def _functions(stack: Stack) -> Iterator[tuple[str, tuple[Json, Json]]]:
    """The name of each, its properties as `sam local` needs them, and its variables."""
    defaults = stack.template.get("Globals", {}).get("Function", {})
    for name, resource in stack.resources.items():
        if resource["Type"] != _FUNCTION:
            continue
        all_of_it = defaults | resource["Properties"]
        more_layers = [layer for layer in stack.value(all_of_it["Layers"]) if layer != _OF_ALL]
        properties: Json = {
            "CodeUri": f"{(stack.file.parent / all_of_it['CodeUri']).resolve().relative_to(ROOT)}/",
            "Handler": all_of_it["Handler"],
            "MemorySize": int(stack.value(all_of_it["MemorySize"])),
            "Timeout": max(int(stack.value(all_of_it["Timeout"])), _START_SECONDS),
        }
        if more_layers:  # SAM appends them to the Globals' list
            properties["Layers"] = [{"Ref": layer} for layer in more_layers]
        routes = {
            key: {
                "Type": event["Type"],
                "Properties": _only(event["Properties"], "Path", "Method", "PayloadFormatVersion"),
            }
            for key, event in resource["Properties"].get("Events", {}).items()
            if event["Type"] in {"Api", "HttpApi"}
        }
        if routes:
            properties["Events"] = routes
        variables = _variables(defaults) | _variables(resource["Properties"])
        yield name, (properties, {each: str(stack.value(value)) for each, value in sorted(variables.items())})


def _only(properties: Json, *names: str) -> Json:
    return {name: properties[name] for name in names if name in properties}


def _variables(properties: Json) -> Json:
    variables: Json = properties.get("Environment", {}).get("Variables", {})
    return variables


def _common(variables: Sequence[Json]) -> Json:
    """Each variable with the value that it has most often."""
    counts = Counter((name, value) for each in variables for name, value in each.items())
    return dict(sorted((name, value) for (name, value), _ in reversed(counts.most_common())))


def _lines(key: str, value: Any, indent: int = 0) -> Iterator[str]:
    """YAML with JSON where that is short."""
    line = f"{' ' * indent}{key}: {json.dumps(value)}"
    if isinstance(value, dict) and len(line) > _MAX_LINE:
        yield f"{' ' * indent}{key}:"
        for name, inner in value.items():
            yield from _lines(name, inner, indent + 2)
    else:
        yield line
