"""Functions find their dependencies in the built layers, and nothing else of what a developer has installed."""

import json
import shutil
from typing import Any

import pytest
from samcli.yamlhelper import yaml_dump, yaml_parse

from local.sam_local.application import Function, functions
from local.sam_local.commands import invoke
from local.workspace import ROOT, architecture
from tests.e2e.clients import Platform
from tests.sam_local.samples import FUNCTIONS

pytestmark = pytest.mark.sam_local

_STATE = ROOT / ".local/sam-local"
_BUILD = _STATE / "build"
_ONLY_A_DEVELOPERS = ["hypothesis", "ministack", "pytest", "samcli", "tantivy", "uv"]
_ONLY_OF_SEARCH = ["opensearchpy", "requests"]

# One function of each code base: the functions of a context share theirs.
_OF_EACH_CONTEXT = {function.handler.split(".")[0]: function.path for function in FUNCTIONS}
_ELF_MACHINES = {"x86_64": 62, "arm64": 183}


@pytest.mark.parametrize(
    ("context", "layers", "missing"),
    [
        *((context, ["SharedLayer"], _ONLY_A_DEVELOPERS + _ONLY_OF_SEARCH) for context in _OF_EACH_CONTEXT),
        ("commerce", ["SharedLayer", "OpenSearchLayer"], _ONLY_A_DEVELOPERS),
    ],
    ids=[*_OF_EACH_CONTEXT, "commerce with OpenSearch"],
)
def test_every_module_imports_with_what_the_layers_carry(
    context: str,
    layers: list[str],
    missing: list[str],
    platform: Platform,  # noqa: ARG001  its variables
) -> None:
    function = next(built for built in functions(_BUILD / "template.yaml") if built.path == _OF_EACH_CONTEXT[context])
    seen = invoke(_with_probe(function, layers), {"package": context, "names": missing})
    assert "errorType" not in seen, seen
    assert seen["missing"] == missing
    carried = {path.stem for layer in layers for path in (_BUILD / layer / "python").iterdir()}
    origins = {name: file for name, file in seen["loaded"].items() if name in carried}
    assert "shared" in origins
    assert ("opensearchpy" in origins) is ("OpenSearchLayer" in layers)
    assert {name: file for name, file in origins.items() if not str(file).startswith("/opt/python/")} == {}
    assert seen["loaded"][context] == f"/var/task/{context}/__init__.py"


@pytest.mark.parametrize("layer", ["SharedLayer", "OpenSearchLayer"])
def test_libraries_of_a_layer_are_of_the_functions_architecture(layer: str) -> None:
    libraries = {path.name: path.read_bytes()[:20] for path in (_BUILD / layer).rglob("*.so*")}
    assert libraries
    machines = {name: int.from_bytes(head[18:20], "little") for name, head in libraries.items()}
    assert set(machines.values()) == {_ELF_MACHINES[architecture()]}, machines


def _with_probe(function: Function, layers: list[str]) -> str:
    """Give a function a twin with these layers that runs the probe: same template, code and variables. Its path."""
    name = function.path.rpartition("/")[-1]
    path = f"{function.path}Probe"
    template: dict[str, Any] = yaml_parse(function.template_file.read_text())
    properties = template["Resources"][name]["Properties"] | {"Handler": "probe.handler", "Events": {}}
    if layers != ["SharedLayer"]:  # which all have; the root stack has it under another name
        properties["Layers"] = [{"Ref": layer} for layer in layers]
    template["Resources"][f"{name}Probe"] = {"Type": "AWS::Serverless::Function", "Properties": properties}
    function.template_file.write_text(yaml_dump(template))
    variables = json.loads((_STATE / "environment.json").read_text())
    (_STATE / "environment.json").write_text(json.dumps(variables | {path: variables[function.path]}))
    shutil.copy(ROOT / "tests/sam_local/probe.py", function.code)
    return path
