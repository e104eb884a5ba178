"""The project's functions for `sam local`: built as for AWS, configured as deployed to the local AWS."""

import hashlib
import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samcli.lib.providers.provider import LayerVersion
from samcli.yamlhelper import yaml_dump, yaml_parse

from local.deployment import WITHOUT_DATABASE
from local.sam_local.deployed import SEARCH_URL
from local.workspace import ALLOWED_ORIGIN, REGION, ROOT, CannotContinue, Workspace, architecture

type Json = dict[str, Any]
type Environments = Mapping[str, Mapping[str, str]]  # the variables of each function, by its path

_START_SECONDS = 60


@dataclass(frozen=True)
class Function:
    """A function in a template, which is a source or built."""

    path: str  # for `sam local invoke`: Personalization/GetProfileFunction
    handler: str
    code: Path
    routes: tuple[tuple[str, str], ...]  # (method, path) of REST APIs
    template_file: Path


def functions(template_file: Path = ROOT / "template.yaml", prefix: str = "") -> Iterator[Function]:
    """All functions in a template and its nested templates."""
    template = _read(template_file)
    for name, properties in _resources(template, "AWS::Serverless::Function"):
        code = properties.get("CodeUri") or template["Globals"]["Function"]["CodeUri"]
        routes = tuple(_routes(properties.get("Events", {})))
        yield Function(prefix + name, properties["Handler"], template_file.parent / code, routes, template_file)
    for name, properties in _resources(template, "AWS::Serverless::Application"):
        yield from functions(template_file.parent / properties["Location"], f"{prefix}{name}/")


def _routes(events: Json) -> Iterator[tuple[str, str]]:
    for event in events.values():
        if event["Type"] == "Api":
            yield event["Properties"]["Method"].upper(), event["Properties"]["Path"]


def build(here: Workspace, environments: Environments) -> None:
    """Run `sam build`, and adapt the built templates (not the project's) to `sam local`."""
    log = here.state / "sam-build.log"
    call = ["sam", "build", "--build-dir", str(here.build), "--cached", "--cache-dir", str(ROOT / ".local/sam")]
    call += ["--parameter-overrides", f"Architecture={architecture()}"]
    with log.open("wb") as output:
        done = subprocess.run(call, cwd=ROOT, stdout=output, stderr=output, check=False)
    if done.returncode:
        raise CannotContinue(f"`sam build` failed: see {log}")
    _make_fit(here.build / "template.yaml", "", environments, _layer_cache(here))


def write_options(here: Workspace, environments: Environments, image: str) -> None:
    """Write the configuration file for `sam local --config-file`."""
    # Not in the template, where variables of the same name in the caller's shell would take precedence.
    variables = here.state / "environment.json"
    variables.touch(mode=0o600)
    # Also by the names that they have in sam-local.yaml.
    named = {path.rpartition("/")[2]: variables_of for path, variables_of in environments.items()}
    variables.write_text(json.dumps({**named, **environments}, indent=2))
    options: Json = {
        "template_file": str(here.build / "template.yaml"),
        "env_vars": str(variables),
        "invoke_image": [image],
        "skip_pull_image": True,
        "layer_cache_basedir": str(_layer_cache(here)),
        "region": REGION,
        "parameter_overrides": [
            # With every layer that functions have on AWS: a container has no search index in a folder.
            "Environment=dev",
            WITHOUT_DATABASE,
            f"SearchUrl={SEARCH_URL}",
            f"AllowedOrigin={ALLOWED_ORIGIN}",
            f"Architecture={architecture()}",
        ],
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in options.items()]
    config = ["version = 0.1", "[default.global.parameters]", *lines, ""]
    (here.state / "samconfig.toml").write_text("\n".join(config))


def _layer_cache(here: Workspace) -> Path:
    return here.state / "layers"


def _make_fit(template_file: Path, prefix: str, environments: Environments, cache: Path) -> None:
    """Adapt a built template and its nested templates to what `sam local` supports.

    - References to a function's alias cannot be resolved: they become references to the function.
    - A layer that is a parameter of a nested template cannot be resolved, and for one in the same template a new image
      is built at each start: layers become published ones that SAM has "downloaded" already.
    - Only variables that the template declares are passed to a function.
    - Time-outs include the start, and a container on a busy machine starts more slowly than Lambda.
    """
    template = _read(template_file)
    layers = {
        name: _published(name, template_file.parent / properties["ContentUri"], cache)
        for name, properties in _resources(template, "AWS::Serverless::LayerVersion")
    }
    aliases = {
        f"{name}.Alias": {"Fn::GetAtt": [name, "Arn"]} for name, _ in _resources(template, "AWS::Serverless::Function")
    }
    template = _with_references_replaced(template, {**layers, **aliases})
    for name, properties in _resources(template, "AWS::Serverless::Function"):
        if prefix + name not in environments:
            raise CannotContinue(f"{prefix}{name} is not deployed. Deploy it: make up")
        properties["Environment"] = {"Variables": dict.fromkeys(environments[prefix + name], "")}
        properties["Timeout"] = max(properties.get("Timeout", 0), _START_SECONDS)
    template_file.write_text(yaml_dump(template))
    for name, properties in _resources(template, "AWS::Serverless::Application"):
        _make_fit(template_file.parent / properties["Location"], f"{prefix}{name}/", environments, cache)


def _published(name: str, layer: Path, cache: Path) -> str:
    """The ARN under which SAM finds a built layer in its cache; it changes with the content, and so does the image."""
    digest = hashlib.sha256()
    for file in sorted(file for file in layer.rglob("*") if file.is_file()):
        digest.update(str(file.relative_to(layer)).encode() + b"\0" + file.read_bytes() + b"\0")
    arn = f"arn:aws:lambda:{REGION}:000000000000:layer:{name}-{digest.hexdigest()[:16]}:1"
    cached = cache / LayerVersion(arn, None).name
    cache.mkdir(exist_ok=True)
    cached.unlink(missing_ok=True)
    cached.symlink_to(layer)
    return arn


def _with_references_replaced(node: Any, values: Mapping[str, object]) -> Any:
    """Replace each `!Ref` to a name in `values` by its value."""
    if isinstance(node, dict):
        if len(node) == 1 and node.get("Ref") in values:
            return values[node["Ref"]]
        return {name: _with_references_replaced(value, values) for name, value in node.items()}
    if isinstance(node, list):
        return [_with_references_replaced(value, values) for value in node]
    return node


def _read(file: Path) -> Json:
    template: Json = yaml_parse(file.read_text())
    return template


def _resources(template: Json, kind: str) -> Iterator[tuple[str, Json]]:
    """The logical ids and properties of all resources of a type."""
    for name, resource in template["Resources"].items():
        if resource["Type"] == kind:
            yield name, resource["Properties"]
