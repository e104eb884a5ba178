"""The project's functions as `sam local` runs them: built as for AWS, configured as they are deployed in the local AWS."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_dump, yaml_parse

from local.sam_local.deployed import NAMES_OF_SDK_SETTINGS
from local.workspace import REGION, ROOT, CannotContinue, Workspace, architecture

type Json = dict[str, Any]

_START_SECONDS = 60


@dataclass(frozen=True)
class Function:
    """`path` as `sam local invoke` takes it: Personalization/GetProfileFunction."""

    path: str
    handler: str
    routes: tuple[tuple[str, str], ...]  # (method, path) at REST APIs
    code: Path


def functions(template_file: Path = ROOT / "template.yaml", prefix: str = "") -> Iterator[Function]:
    """Every function of a template and of those that it nests."""
    template = _read(template_file)
    for name, properties in _resources(template, "AWS::Serverless::Function"):
        events = properties.get("Events", {}).values()
        routes = tuple(
            (e["Properties"]["Method"].upper(), e["Properties"]["Path"]) for e in events if e["Type"] == "Api"
        )
        code = properties.get("CodeUri") or template["Globals"]["Function"]["CodeUri"]
        yield Function(prefix + name, properties["Handler"], routes, template_file.parent / code)
    for name, properties in _resources(template, "AWS::Serverless::Application"):
        yield from functions(template_file.parent / properties["Location"], f"{prefix}{name}/")


def build(here: Workspace) -> None:
    """What `sam build` makes for AWS, with its templates (this copy's, not the project's) made fit for `sam local`."""
    log = here.state / "sam-build.log"
    call = ["sam", "build", "--build-dir", str(here.build), "--cached", "--cache-dir", str(ROOT / ".local/sam")]
    with log.open("wb") as output:
        done = subprocess.run(call, cwd=ROOT, env=here.environment(), stdout=output, stderr=output, check=False)
    if done.returncode:
        raise CannotContinue(f"`sam build` failed: see {log}")
    _make_fit(here.build / "template.yaml", {})


def _make_fit(file: Path, layers_of_parent: dict[str, Json]) -> None:
    """Change a built template, and those that it nests, where `sam local` knows less than CloudFormation.

    - A layer that comes as a parameter is not found: the child gets it as a resource of its own.
    - A variable that a function's template does not name cannot be set: where AWS is, and who the function is.
    - The time for an invocation includes the start: a container on a busy machine is slower at that than Lambda.
    """
    template = _read(file)
    for parameter, layer in layers_of_parent.items():
        del template["Parameters"][parameter]
        template["Resources"][parameter] = layer
    layers = {}
    for name, properties in _resources(template, "AWS::Serverless::LayerVersion"):
        properties["ContentUri"] = str(file.parent / properties["ContentUri"])
        layers[name] = template["Resources"][name]
    for _, properties in _resources(template, "AWS::Serverless::Function"):
        variables = properties.setdefault("Environment", {}).setdefault("Variables", {})
        variables.update(dict.fromkeys(NAMES_OF_SDK_SETTINGS, ""))
        properties["Timeout"] = _START_SECONDS
    for _, properties in _resources(template, "AWS::Serverless::Application"):
        parameters = properties.get("Parameters", {})
        passed_on = {name: layers[id_] for name, id_ in _references(parameters) if id_ in layers}
        for name in passed_on:
            del parameters[name]
        _make_fit(file.parent / properties["Location"], passed_on)
    file.write_text(yaml_dump(template))


def _references(values: Json) -> list[tuple[str, str]]:
    """The names whose values are a `!Ref`, and to what."""
    return [(name, value["Ref"]) for name, value in values.items() if isinstance(value, dict) and "Ref" in value]


def configure(here: Workspace, image: str, environments: dict[str, dict[str, str]]) -> None:
    """Write what `sam local` is told by `--config-file`: its options, and the functions' variables by path."""
    variables = here.state / "environment.json"
    variables.touch(mode=0o600)
    variables.write_text(json.dumps(environments, indent=2))
    options: Json = {
        "template_file": str(here.build / "template.yaml"),
        "env_vars": str(variables),
        "invoke_image": [image],
        "skip_pull_image": True,
        "layer_cache_basedir": str(here.state / "layers"),
        "region": REGION,
        "parameter_overrides": ["Environment=local", f"Architecture={architecture()}"],
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in options.items()]
    config = ["version = 0.1", "[default.global.parameters]", *lines, ""]
    (here.state / "samconfig.toml").write_text("\n".join(config))


def _read(file: Path) -> Json:
    template: Json = yaml_parse(file.read_text())
    return template


def _resources(template: Json, kind: str) -> Iterator[tuple[str, Json]]:
    """The logical id and the properties of each resource of a type."""
    for name, resource in template["Resources"].items():
        if resource["Type"] == kind:
            yield name, resource["Properties"]
