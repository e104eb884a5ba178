"""sam-local.yaml has every function of the templates, with its routes, layers and variables."""

from pathlib import Path

import pytest
from samcli.lib.providers.provider import Function as SamFunction
from samcli.lib.providers.sam_function_provider import SamFunctionProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider
from samcli.yamlhelper import yaml_parse

from generate.functions import ROOT, Function, functions
from generate.sam_local import FILE, Stack
from tests.architecture.layers import layers_needed

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # in SAM

FUNCTIONS = list(functions())
each_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)


@pytest.fixture(scope="module")
def seen_by_sam() -> dict[str, SamFunction]:
    """As `sam local` reads the file."""
    stacks, _ = SamLocalStackProvider.get_stacks(str(FILE))
    return {function.full_path: function for function in SamFunctionProvider(stacks).get_all()}


def test_there_are_no_others(seen_by_sam: dict[str, SamFunction]) -> None:
    assert seen_by_sam.keys() == {function.name for function in FUNCTIONS}


@each_function
def test_code_is_the_source(function: Function, seen_by_sam: dict[str, SamFunction]) -> None:
    seen = seen_by_sam[function.name]
    assert seen.handler == function.properties["Handler"]
    assert Path(ROOT / seen.codeuri, *seen.handler.split(".")[:-1]).with_suffix(".py") == function.file.resolve()


@each_function
def test_layers_are_what_sam_build_has_built(function: Function, seen_by_sam: dict[str, SamFunction]) -> None:
    """A layer without a folder would have to be downloaded from AWS."""
    folders = [Path(layer.codeuri).relative_to(ROOT).as_posix() for layer in seen_by_sam[function.name].layers]
    layers = ["SharedLayer", *sorted(layers_needed(function.module_name))]
    assert folders == [f".aws-sam/build/{layer}" for layer in layers]


@each_function
def test_every_variable_has_a_text(function: Function, seen_by_sam: dict[str, SamFunction]) -> None:
    """`--env-vars` sets only what a template declares, and a function does not start without its settings."""
    variables = seen_by_sam[function.name].environment["Variables"]
    missing = function.properties["Environment"]["Variables"].keys() - {name for name in variables if variables[name]}
    assert missing == set()
    assert all(isinstance(value, str) for value in variables.values())


@each_function
def test_routes_are_the_functions(function: Function) -> None:
    events = yaml_parse(FILE.read_text())["Resources"][function.name]["Properties"].get("Events", {})
    routes = {(event["Type"], event["Properties"]["Method"], event["Properties"]["Path"]) for event in events.values()}
    kinds = {"Api", "HttpApi"}
    assert routes == {(kind, each["Method"], each["Path"]) for kind, each in function.events if kind in kinds}


def test_values_follow_parameters_conditions_and_mappings(tmp_path: Path) -> None:
    (tmp_path / "child.yaml").write_text("""
Parameters: {Size: {Type: String, Default: small}, Given: {Type: String}}
Conditions: {IsSmall: !Equals [!Ref Size, small], IsLarge: !Not [!Condition IsSmall]}
Mappings: {Sizes: {small: {Gigabytes: "1"}}}
Resources: {}
""")
    (tmp_path / "template.yaml").write_text("""
Parameters: {Name: {Type: String, Default: Ada}}
Resources:
  Child:
    Type: AWS::Serverless::Application
    Properties: {Location: child.yaml, Parameters: {Given: !Sub "${Name} of ${AWS::Region}"}}
""")
    [_, child] = Stack(tmp_path / "template.yaml", {}).everything()

    assert child.value({"Ref": "Given"}) == "Ada of us-west-2"
    assert child.value({"Fn::If": ["IsLarge", "yes", {"Ref": "Size"}]}) == "small"
    assert child.value({"Fn::FindInMap": ["Sizes", {"Ref": "Size"}, "Gigabytes"]}) == "1"
    assert child.value({"Fn::Sub": ["${A}-${Table.Arn}", {"A": {"Fn::GetAtt": "Users.Outputs.Name"}}]}) == "Name-Arn"
    with pytest.raises(ValueError, match="not supported here"):
        child.value({"Fn::Cidr": []})
