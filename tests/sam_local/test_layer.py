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
_ONLY_OF_LAYERS = {"OpenSearchLayer": {"opensearchpy", "requests"}, "PaymentsLayer": {"stripe", "requests"}}

# A function for each code base and the layers it runs with: all functions of a context share their code.
_PROBED = {
    "Identity/UsersFunction": ["SharedLayer"],
    "Personalization/GetProfileFunction": ["SharedLayer"],
    "Commerce/ProductsFunction": ["SharedLayer"],
    "Commerce/ProductSearchFunction": ["SharedLayer", "OpenSearchLayer"],
    "Commerce/StripeWebhookFunction": ["SharedLayer", "PaymentsLayer"],
}
_ELF_MACHINES = {"x86_64": 62, "arm64": 183}


def test_every_code_base_is_probed() -> None:
    assert {_context(function) for function in FUNCTIONS if function.path in _PROBED} == set(map(_context, FUNCTIONS))


@pytest.mark.parametrize(("path", "layers"), _PROBED.items(), ids=_PROBED)
def test_every_module_imports_with_what_the_layers_carry(
    path: str,
    layers: list[str],
    platform: Platform,  # noqa: ARG001  its variables
) -> None:
    function = next(built for built in functions(_BUILD / "template.yaml") if built.path == path)
    context = _context(function)
    found = set[str]().union(*(_ONLY_OF_LAYERS.get(layer, set()) for layer in layers))
    missing = [*_ONLY_A_DEVELOPERS, *sorted(set[str]().union(*_ONLY_OF_LAYERS.values()) - found)]
    seen = invoke(_with_probe(function), {"package": context, "names": missing})
    assert "errorType" not in seen, seen
    assert seen["missing"] == missing
    carried = {path.stem for layer in layers for path in (_BUILD / layer / "python").iterdir()}
    origins = {name: file for name, file in seen["loaded"].items() if name in carried}
    assert "shared" in origins
    for layer, names in _ONLY_OF_LAYERS.items():
        assert (names <= origins.keys()) is (layer in layers)
    assert {name: file for name, file in origins.items() if not str(file).startswith("/opt/python/")} == {}
    assert seen["loaded"][context] == f"/var/task/{context}/__init__.py"


@pytest.mark.parametrize("layer", ["SharedLayer", "OpenSearchLayer", "PaymentsLayer"])
def test_libraries_of_a_layer_are_of_the_functions_architecture(layer: str) -> None:
    libraries = {path.name: path.read_bytes()[:20] for path in (_BUILD / layer).rglob("*.so*")}
    assert libraries
    machines = {name: int.from_bytes(head[18:20], "little") for name, head in libraries.items()}
    assert set(machines.values()) == {_ELF_MACHINES[architecture()]}, machines


def _context(function: Function) -> str:
    return function.handler.partition(".")[0]


def _with_probe(function: Function) -> str:
    """Give a function a twin that runs the probe: same template, code, layers and variables. Its path."""
    name = function.path.rpartition("/")[-1]
    path = f"{function.path}Probe"
    template: dict[str, Any] = yaml_parse(function.template_file.read_text())
    properties = template["Resources"][name]["Properties"] | {"Handler": "probe.handler", "Events": {}}
    template["Resources"][f"{name}Probe"] = {"Type": "AWS::Serverless::Function", "Properties": properties}
    function.template_file.write_text(yaml_dump(template))
    variables = json.loads((_STATE / "environment.json").read_text())
    (_STATE / "environment.json").write_text(json.dumps(variables | {path: variables[function.path]}))
    shutil.copy(ROOT / "tests/sam_local/probe.py", function.code)
    return path
