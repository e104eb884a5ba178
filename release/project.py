"""What the root template says of the project: its contexts, and which layers each of them has."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).resolve().parent.parent

type Json = dict[str, Any]


@dataclass(frozen=True)
class Context:
    """A bounded context; `folder` and `layers` are paths within the project."""

    folder: str
    layers: frozenset[str]

    @property
    def digest_parameter(self) -> str:
        """The root template's parameter that carries the context's digest: KnowledgeBaseDigest."""
        return f"{self.folder.title().replace('_', '')}Digest"


def contexts(root: Path = ROOT) -> list[Context]:
    """Those that the root template nests."""
    template: Json = yaml_parse((root / "template.yaml").read_text())
    layers = {
        name: str(Path(properties["ContentUri"]))
        for name, properties in resources(template, "AWS::Serverless::LayerVersion")
    }
    found: dict[str, set[str]] = {}
    for _, properties in resources(template, "AWS::Serverless::Application"):
        found.setdefault(Path(properties["Location"]).parts[0], set()).update(references(properties))
    return [
        Context(folder, frozenset(layers[name] for name in referred if name in layers))
        for folder, referred in found.items()
    ]


def resources(template: Json, kind: str) -> Iterator[tuple[str, Json]]:
    """The logical id and the properties of each resource of a type."""
    for name, resource in template["Resources"].items():
        if resource["Type"] == kind:
            yield name, resource["Properties"]


def references(node: Any) -> Iterator[str]:
    """The name in every Ref of a part of a template."""
    if isinstance(node, dict):
        if isinstance(node.get("Ref"), str):
            yield node["Ref"]
        for value in node.values():
            yield from references(value)
    if isinstance(node, list):
        for value in node:
            yield from references(value)
