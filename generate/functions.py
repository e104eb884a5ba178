"""The functions of the templates, and the routes that their code declares."""

import importlib
import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from samcli.yamlhelper import yaml_parse

from shared.http.api import Api
from shared.http.contract import Route

ROOT = Path(__file__).resolve().parent.parent
CONTEXTS = ("personalization", "commerce", "communications", "knowledge_base", "identity")
"""Those with an API."""
REST_CONTEXTS = ("personalization", "commerce")
"""Those whose gateway validates requests and answers problems itself, which HTTP APIs cannot."""

type Json = dict[str, Any]


@dataclass(frozen=True)
class Function:
    """`properties` as deployed, the Globals included; `resources` are those of its template."""

    name: str
    file: Path
    template: Path
    properties: Json
    resources: Json

    @property
    def module_name(self) -> str:
        return str(self.properties["Handler"].rpartition(".")[0])

    @cached_property
    def module(self) -> ModuleType:
        return importlib.import_module(self.module_name)

    @property
    def routes(self) -> Sequence[Route]:
        """What an HTTP function serves; empty for the others."""
        handler = self.module.handler
        return handler.routes if isinstance(handler, Api) else ()

    def file_of(self, route: Route) -> Path:
        """Of the handler that declares it: not the function's own where it is a router."""
        code, module = self.template.parent / self.properties["CodeUri"], self.module.handler.modules[str(route)]
        return Path(code / f"{module.replace('.', '/')}.py")

    @property
    def purpose(self) -> str:
        """The first paragraph of the docstring of a function that serves no routes."""
        return " ".join((inspect.getdoc(self.module.handler) or "").split("\n\n")[0].split())

    @property
    def events(self) -> list[tuple[str, Json]]:
        """The type and the properties of each event that starts it; of event source mappings and sockets too."""
        targets = ({"Ref": self.name}, {"Ref": f"{self.name}.Alias"}, {"Fn::GetAtt": [self.name, "Arn"]})
        own = [(event["Type"], event.get("Properties", {})) for event in self.properties.get("Events", {}).values()]
        mapped = [
            ("EventSourceMapping", resource["Properties"])
            for resource in self.resources.values()
            if resource["Type"] == "AWS::Lambda::EventSourceMapping"
            and resource["Properties"]["FunctionName"] in targets
        ]
        sockets = [
            ("WebSocket", {"Route": route})
            for resource in self.resources.values()
            if resource["Type"] == "AWS::Serverless::WebSocketApi"
            for route, target in resource["Properties"]["Routes"].items()
            if target["FunctionArn"] in targets
        ]
        return own + mapped + sockets

    def patterns_of(self, queue_arn: Json) -> list[Json]:
        """What rules of its template send to this queue; empty where others put messages there."""
        return [
            resource["Properties"]["EventPattern"]
            for resource in self.resources.values()
            if resource["Type"] == "AWS::Events::Rule"
            and any(target["Arn"] == queue_arn for target in resource["Properties"]["Targets"])
        ]

    @property
    def link(self) -> str:
        return link_to(self.file)

    @property
    def size(self) -> str:
        return f"{self.properties['MemorySize']} MB, {self.properties['Timeout']} s"

    @property
    def owner(self) -> str:
        """The team of the last line in CODEOWNERS that matches the handler's file."""
        lines = [line.split() for line in (ROOT / "CODEOWNERS").read_text().splitlines()]
        rules = [line for line in lines if line and not line[0].startswith("#")]
        path = f"/{shown(self.file)}"
        matching = (teams for pattern, *teams in reversed(rules) if pattern == "*" or path.startswith(pattern))
        return " ".join(next(matching))


def functions(template_file: Path = ROOT / "template.yaml") -> Iterator[Function]:
    """Every function of a template and of those that it nests, in their order."""
    template = yaml_parse(template_file.read_text())
    defaults = template.get("Globals", {}).get("Function", {})
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Application":
            yield from functions(template_file.parent / resource["Properties"]["Location"])
        elif resource["Type"] == "AWS::Serverless::Function":
            variables = {**_variables(defaults), **_variables(resource["Properties"])}
            properties = defaults | resource["Properties"] | {"Environment": {"Variables": variables}}
            properties |= {size: _by_default(properties[size], template) for size in ("MemorySize", "Timeout")}
            module = properties["Handler"].rpartition(".")[0]
            file = template_file.parent / properties["CodeUri"] / f"{module.replace('.', '/')}.py"
            yield Function(name, file, template_file, properties, template["Resources"])


def _by_default(value: Any, template: Json) -> Any:
    return template["Parameters"][value["Ref"]]["Default"] if isinstance(value, dict) else value


def _variables(properties: Json) -> Json:
    variables: Json = properties.get("Environment", {}).get("Variables", {})
    return variables


def routes_of(context: str) -> list[Route]:
    """All routes of a context, in the order of its template."""
    return [route for function in functions(ROOT / context / "template.yaml") for route in function.routes]


def link_to(file: Path) -> str:
    """From a page in docs/."""
    return f"[{file.name}](../{shown(file)})"


def shown(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()
