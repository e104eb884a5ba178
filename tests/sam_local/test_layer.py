"""Functions find their dependencies in the built layer, and nothing else of what a developer has installed."""

import json
import shutil
from typing import Any

import pytest
from samcli.yamlhelper import yaml_dump, yaml_parse

from local.sam_local.application import Function, functions
from local.sam_local.commands import invoke
from local.workspace import ROOT
from tests.e2e.clients import Platform
from tests.sam_local.samples import FUNCTIONS

pytestmark = pytest.mark.sam_local

_STATE = ROOT / ".local/sam-local"
_BUILD = _STATE / "build"
_ONLY_A_DEVELOPERS = ["hypothesis", "ministack", "pytest", "requests", "samcli", "tantivy", "uv"]

# One function of each code base: the functions of a context share theirs.
_OF_EACH_CONTEXT = {function.handler.split(".")[0]: function.path for function in FUNCTIONS}


@pytest.mark.parametrize("context", _OF_EACH_CONTEXT)
def test_every_module_imports_with_what_the_layer_carries(context: str, platform: Platform) -> None:  # noqa: ARG001
    function = next(built for built in functions(_BUILD / "template.yaml") if built.path == _OF_EACH_CONTEXT[context])
    seen = invoke(_with_probe(function), {"package": context, "names": _ONLY_A_DEVELOPERS})
    assert "errorType" not in seen, seen
    assert seen["missing"] == _ONLY_A_DEVELOPERS
    in_layer = {path.stem for path in (_BUILD / "SharedLayer/python").iterdir()}
    origins = {name: file for name, file in seen["loaded"].items() if name in in_layer}
    assert "shared" in origins
    assert {name: file for name, file in origins.items() if not str(file).startswith("/opt/python/")} == {}
    assert seen["loaded"][context] == f"/var/task/{context}/__init__.py"


def _with_probe(function: Function) -> str:
    """Give a function a twin that runs the probe: same template, code, layer and variables. Its path."""
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
