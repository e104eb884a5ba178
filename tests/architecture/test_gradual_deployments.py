"""New versions get their requests gradually where an environment says so, and an alarm gives them back to the old ones.

Tested in the templates as SAM translates them: only there are CodeDeploy's resources.
"""

from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

from release.project import ROOT
from release.translation import template_files, translated

type Json = dict[str, Any]

AT_ONCE = {"UsersFunction", "SignOutFunction"}
"""Administrators call them now and then: within ten minutes, an alarm would see too few requests to learn anything."""

FILES = [file for file in template_files() if "AutoPublishAlias" in file.read_text()]
each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))


def resources(file: Path, gradual: str) -> dict[str, Json]:
    found: dict[str, Json] = translated(file, {"GradualDeployment": gradual})["Resources"]
    return found


@each_file
def test_nothing_of_it_is_there_unless_an_environment_wants_it(file: Path) -> None:
    kinds = {resource["Type"] for resource in resources(file, "false").values()}

    assert not {kind for kind in kinds if kind.startswith("AWS::CodeDeploy::")}


@each_file
def test_every_alias_shifts_gradually_and_returns_on_an_alarm(file: Path) -> None:
    found = resources(file, "true")
    aliases = {name: each for name, each in found.items() if each["Type"] == "AWS::Lambda::Alias"}
    assert aliases
    for name, alias in aliases.items():
        if alias["Properties"]["FunctionName"]["Ref"] in AT_ONCE:
            continue
        assert "UpdatePolicy" in alias, f"{name}: give its function a DeploymentPreference"
        group = found[alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"]["Ref"]]["Properties"]
        assert group["AlarmConfiguration"]["Alarms"], f"{name}: without alarms, nothing rolls it back"
        assert group["AlarmConfiguration"].get("Enabled", True)
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]


@each_file
def test_alarms_do_not_wait_for_what_they_roll_back(file: Path) -> None:
    found = resources(file, "true")
    graph = {name: dependencies(resource) & found.keys() for name, resource in found.items()}

    TopologicalSorter(graph).prepare()  # raises CycleError, as CloudFormation refuses a circular dependency


def dependencies(node: Any) -> set[str]:
    """The names in every Ref, Fn::GetAtt, Fn::Sub and DependsOn of a part of a template."""
    found: set[str] = set()
    if isinstance(node, list):
        for each in node:
            found |= dependencies(each)
    if isinstance(node, dict):
        for key, value in node.items():
            match key, value:
                case "Ref" | "DependsOn", str():
                    found.add(value)
                case "DependsOn", list():
                    found |= set(value)
                case "Fn::GetAtt", [str() as name, *_]:
                    found.add(name)
                case "Fn::GetAtt", str():
                    found.add(value.partition(".")[0])
                case "Fn::Sub", str():
                    found |= substituted(value)
                case "Fn::Sub", [str() as text, values]:
                    found |= substituted(text) | dependencies(values)
                case _:
                    found |= dependencies(value)
    return found


def substituted(text: str) -> set[str]:
    return {part.partition("}")[0].partition(".")[0] for part in text.split("${")[1:]}
