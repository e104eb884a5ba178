"""docs/routes.md and docs/events.md, from the templates, the handlers' docstrings and CODEOWNERS."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).resolve().parent.parent

type Json = dict[str, Any]


@dataclass(frozen=True)
class Function:
    """`properties` as deployed, the Globals included; `resources` are those of its template."""

    name: str
    file: Path
    properties: Json
    resources: Json

    @property
    def events(self) -> list[tuple[str, Json]]:
        """The type and the properties of each event that starts it; of event source mappings and sockets too."""
        own = [(event["Type"], event.get("Properties", {})) for event in self.properties.get("Events", {}).values()]
        mapped = [
            ("EventSourceMapping", resource["Properties"])
            for resource in self.resources.values()
            if resource["Type"] == "AWS::Lambda::EventSourceMapping"
            and resource["Properties"]["FunctionName"] in ({"Ref": self.name}, {"Ref": f"{self.name}.Alias"})
        ]
        sockets = [
            ("WebSocket", {"Route": route})
            for resource in self.resources.values()
            if resource["Type"] == "AWS::Serverless::WebSocketApi"
            for route, target in resource["Properties"]["Routes"].items()
            if target["FunctionArn"] in ({"Fn::GetAtt": [self.name, "Arn"]}, {"Ref": f"{self.name}.Alias"})
        ]
        return own + mapped + sockets

    @property
    def link(self) -> str:
        path = self.file.relative_to(ROOT).as_posix()
        return f"[{self.file.name}](../{path})"

    @property
    def size(self) -> str:
        return f"{self.properties['MemorySize']} MB, {self.properties['Timeout']} s"

    @property
    def purpose(self) -> str:
        """The first paragraph of the handler's docstring; of a handler of several routes, that of its module's."""
        module = ast.parse(self.file.read_text())
        return _purpose(module if _routes_of(module) else self._code_of(module, "handler"))

    def purpose_of(self, route: str) -> str:
        """What the function does for one of its routes."""
        module = ast.parse(self.file.read_text())
        return _purpose(self._code_of(module, _routes_of(module).get(route, "handler")))

    def operation(self, route: str) -> str:
        """A name for one of its routes: the function's own, or of several routes that of the code for this one."""
        name = _routes_of(ast.parse(self.file.read_text())).get(route)
        own = self.name.removesuffix("Function")
        return "".join(word.capitalize() for word in name.split("_")) if name else own

    def _code_of(self, module: ast.Module, name: str) -> ast.FunctionDef:
        for node in module.body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return node
        raise SystemExit(f"{self.file.relative_to(ROOT)} has no function `{name}`")

    @property
    def owner(self) -> str:
        """The team of the last line in CODEOWNERS that matches the handler's file."""
        path = f"/{self.file.relative_to(ROOT).as_posix()}"
        lines = [line.split() for line in (ROOT / "CODEOWNERS").read_text().splitlines()]
        rules = [line for line in lines if line and not line[0].startswith("#")]
        matching = (teams for pattern, *teams in reversed(rules) if pattern == "*" or path.startswith(pattern))
        return " ".join(next(matching))


def _purpose(node: ast.FunctionDef | ast.Module) -> str:
    return " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split())


def _routes_of(module: ast.Module) -> dict[str, str]:
    """The names of the functions that `handler = routes({…})` gives to routes; empty for a handler of one route."""
    for node in module.body:
        match node:
            case ast.Assign(
                targets=[ast.Name("handler")],
                value=ast.Call(func=ast.Name("routes"), args=[ast.Dict(keys=keys, values=values)]),
            ):
                names = [value.id for value in values if isinstance(value, ast.Name)]
                return dict(zip(map(ast.literal_eval, filter(None, keys)), names, strict=True))
    return {}


class Event(NamedTuple):
    """Something that starts a function: a source's name, and what it says happened."""

    source: str
    name: str


def pages() -> dict[Path, str]:
    """Each page's file and its text."""
    all_functions = list(functions(ROOT / "template.yaml"))
    return {
        ROOT / "docs/routes.md": routes_page(all_functions),
        ROOT / "docs/events.md": events_page(all_functions),
    }


def functions(template_file: Path) -> Iterator[Function]:
    """Every function of a template and of those that it nests, in their order."""
    template = yaml_parse(template_file.read_text())
    defaults = template.get("Globals", {}).get("Function", {})
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Application":
            yield from functions(template_file.parent / resource["Properties"]["Location"])
        elif resource["Type"] == "AWS::Serverless::Function":
            properties = defaults | resource["Properties"]
            module = properties["Handler"].rpartition(".")[0]
            file = template_file.parent / properties["CodeUri"] / f"{module.replace('.', '/')}.py"
            yield Function(name, file, properties, template["Resources"])


# --- Pages


def page(title: str, *lines: str) -> str:
    origin = "Generated from the templates, the handlers' docstrings and CODEOWNERS by `python -m generate`."
    return "\n".join([f"# {title}", "", origin, *lines, ""])


def table(header: str, rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [" | ".join(cell.replace("|", r"\|") for cell in row) for row in rows]
    rule = "|".join("---" for _ in header.split("|"))
    return [f"| {header} |", f"|{rule}|", *(f"| {line} |" for line in lines)]


# --- Routes


def routes_page(all_functions: Sequence[Function]) -> str:
    header = "route | function | handler | what it does, and for whom | a request carries | memory, time-out | owner"
    rows = [
        (
            f"`{event['Method'].upper()} {event['Path']}`",
            function.name,
            function.link,
            function.purpose_of(f"{event['Method'].upper()} {event['Path']}"),
            credentials(function, event),
            function.size,
            function.owner,
        )
        for function in all_functions
        for type_, event in function.events
        if type_ == "Api"
    ]
    socket_header = "route of the socket | function | handler | what it does | memory, time-out | owner"
    socket_rows = [
        (f"`{event['Route']}`", function.name, function.link, function.purpose, function.size, function.owner)
        for function in all_functions
        for type_, event in function.events
        if type_ == "WebSocket"
    ]
    return page("Routes", "", *table(header, rows), "", "## Sockets", "", *table(socket_header, socket_rows))


def credentials(function: Function, event: Json) -> str:
    """What the gateway asks for: the event's own Auth goes before that of its API."""
    api = function.resources[event["RestApiId"]["Ref"]]["Properties"]
    auth = api.get("Auth", {}) | event.get("Auth", {})
    authorizer = auth.get("Authorizer", auth.get("DefaultAuthorizer", "NONE"))
    needed = [] if authorizer == "NONE" else [f"a token for the authorizer `{authorizer}`"]
    if auth.get("ApiKeyRequired"):
        needed.append("an API key")
    return ", ".join(needed) or "nothing"


# --- Events


def events_page(all_functions: Sequence[Function]) -> str:
    consumers = [(event, function) for function in all_functions for event in started_by(function)]
    publishers = [(pattern, function.name) for function in all_functions for pattern in may_publish(function)]
    consumed = {event for event, _ in consumers}
    unheard = {pattern for pattern, _ in publishers if not any(matches(event, pattern) for event in consumed)}

    rows, arrows = [], []
    for event in sorted(consumed | unheard):
        published_by = [name for pattern, name in publishers if matches(event, pattern)]
        started = [function for cause, function in consumers if cause == event]
        what = [f"`{event.source}`", f"`{event.name}`", ", ".join(published_by) or "none of ours"]
        rows += [[*what, f.name, f.link, f.purpose, f.size, f.owner] for f in started] or [[*what, "none", *[""] * 4]]
        label = f'{re.sub(r"\W", "_", event.name)}(["{event.source}<br>{event.name}"])'
        arrows += [f"    {name} --> {label}" for name in published_by]
        arrows += [f"    {label} --> {function.name}" for function in started]
    header = "source | event | may be published by | starts | handler | what that does | memory, time-out | owner"
    note = "Who may publish an event is what IAM says: the statement for `events:PutEvents` beside the function."
    return page("Events", note, "", *table(header, rows), "", "```mermaid", "flowchart LR", *arrows, "```")


def matches(event: Event, pattern: Event) -> bool:
    return all(map(fnmatchcase, event, pattern))


def started_by(function: Function) -> Iterator[Event]:
    """The events other than requests that start a function."""
    for type_, properties in function.events:
        match type_:
            case "Api" | "WebSocket":
                pass
            case "Schedule":
                yield Event("Schedule", properties["Schedule"])
            case "Cognito":
                yield Event("Cognito", properties["Trigger"])
            case "EventBridgeRule":
                pattern = properties["Pattern"]
                yield from (Event(source, name) for source in pattern["source"] for name in pattern["detail-type"])
            case "EventSourceMapping":
                name = mapped_source(properties["EventSourceArn"])
                yield Event("SQS" if name.endswith("Queue") else "DynamoDB", name)
            case _:
                raise SystemExit(f"{function.name}: generate/pages.py does not know events of the type {type_} yet")


def mapped_source(arn: Json) -> str:
    """`RunQueue` of `!Ref RunQueueArn` or of `!GetAtt Tables.Outputs.RunQueueArn`."""
    name: str = arn["Ref"] if "Ref" in arn else arn["Fn::GetAtt"][-1]
    return name.rpartition(".")[2].removesuffix("Arn")


def may_publish(function: Function) -> Iterator[Event]:
    """What a function's policy lets it put on the bus; the name "*" where any event of the source is allowed."""
    for policy in function.properties.get("Policies", []):
        for statement in policy["Statement"]:
            if "events:PutEvents" in as_list(statement["Action"]):
                conditions: Json = {}
                for operands in statement.get("Condition", {}).values():
                    conditions |= operands
                if "events:source" not in conditions:
                    raise SystemExit(f"{function.name}: allow events:PutEvents under a Condition on events:source only")
                for source in as_list(conditions["events:source"]):
                    for name in as_list(conditions.get("events:detail-type", "*")):
                        yield Event(source, name)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
