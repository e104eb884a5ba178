"""The templates as they are written, the root's and those that it nests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from samcli.yamlhelper import yaml_parse

from tests.architecture.sources import ROOT

type Json = dict[str, Any]


class Template(NamedTuple):
    file: Path
    body: Json

    def resources(self, type_: str) -> dict[str, Json]:
        return {
            name: resource.get("Properties", {})
            for name, resource in self.body["Resources"].items()
            if resource["Type"] == type_
        }


def templates(file: Path = ROOT / "template.yaml") -> Iterator[Template]:
    template = Template(file, yaml_parse(file.read_text()))
    yield template
    for application in template.resources("AWS::Serverless::Application").values():
        yield from templates(file.parent / application["Location"])


TEMPLATES = list(templates())


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
