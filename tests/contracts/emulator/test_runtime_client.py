"""Built functions run from their sources on AWS's runtime interface client."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from local.emulator.bootstrap import WorkerStart, worker_start
from local.emulator.runtime_client import use_runtime_client

ENDPOINT = "http://127.0.0.1:4566"
ENDPOINTS = {"AWS_ENDPOINT_URL": ENDPOINT}
PYTHON = Path(sys.executable)

ROOT = """
Resources:
  Greetings: {{Type: AWS::Serverless::Application, Properties: {{Location: {location}}}}}
  Layer:
    Type: AWS::Serverless::LayerVersion
    Properties: {{ContentUri: Layer, CompatibleRuntimes: [python3.13], RetentionPolicy: Delete}}
  Table: {{Type: AWS::DynamoDB::Table}}
"""
CHILD = """
Parameters:
  Runtime: {{Type: String}}
  Architecture: {{Type: String}}
Globals:
  Function:
    Runtime: !Ref Runtime
    Architectures: [!Ref Architecture]
    CodeUri: src/
    LoggingConfig: {{LogFormat: JSON, ApplicationLogLevel: DEBUG}}
Resources:
  HelloFunction:
    Type: AWS::Serverless::Function
    Properties: {{Handler: greetings.hello, {hello} Environment: {{Variables: {{TABLE: !ImportValue Table}}}}}}
  PlainFunction:
    Type: AWS::Serverless::Function
    Properties: {{Handler: other.plain, CodeUri: {plain}, LoggingConfig: {{LogFormat: Text}}}}
  NodeFunction:
    Type: AWS::Serverless::Function
    Properties: {{Handler: index.handler, Runtime: nodejs22.x, CodeUri: {node}}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a nested application, and the result of `sam build` beside it."""
    write(tmp_path / "template.yaml", ROOT.format(location="./greetings/template.yaml"))
    write(tmp_path / "greetings/template.yaml", CHILD.format(hello="", plain="plain code", node="node"))
    build = tmp_path / "build"
    write(build / "template.yaml", ROOT.format(location="Greetings/template.yaml"))
    child = CHILD.format(hello="CodeUri: HelloFunction,", plain="PlainFunction", node="NodeFunction")
    write(build / "Greetings/template.yaml", child)
    for function in ("HelloFunction", "PlainFunction", "NodeFunction"):
        (build / "Greetings" / function).mkdir()
    return tmp_path


def write(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)


@pytest.fixture
def built(project: Path) -> Path:
    use_runtime_client(project / "build", project, ENDPOINTS, PYTHON)
    return project / "build"


def resources(template: Path) -> Any:
    return yaml_parse(template.read_text())["Resources"]


def test_python_functions_get_the_custom_runtime(built: Path) -> None:
    functions = resources(built / "Greetings/template.yaml")
    runtimes = {name: function["Properties"]["Runtime"] for name, function in functions.items()}
    assert runtimes == {
        "HelloFunction": "provided.al2023",
        "PlainFunction": "provided.al2023",
        "NodeFunction": "nodejs22.x",
    }


def test_layer_is_compatible_with_it(built: Path) -> None:
    assert "CompatibleRuntimes" not in resources(built / "template.yaml")["Layer"]["Properties"]


def test_intrinsic_functions_survive(built: Path) -> None:
    template = yaml_parse((built / "Greetings/template.yaml").read_text())
    assert template["Globals"]["Function"]["Architectures"] == [{"Ref": "Architecture"}]
    variables = template["Resources"]["HelloFunction"]["Properties"]["Environment"]["Variables"]
    assert variables == {"TABLE": {"Fn::ImportValue": "Table"}}


def test_bootstrap_runs_the_source_and_logs_as_the_template_says(project: Path, built: Path) -> None:
    hello = built / "Greetings/HelloFunction/bootstrap"
    assert hello.read_text().splitlines() == [
        "#!/bin/sh",
        "set -e",
        f"export AWS_ENDPOINT_URL={ENDPOINT}",
        "export AWS_LAMBDA_LOG_FORMAT=JSON",
        "export AWS_LAMBDA_LOG_LEVEL=DEBUG",
        f"cd {project}/greetings/src",
        f'exec {PYTHON} -u -m awslambdaric "$_HANDLER"',
    ]
    assert os.access(hello, os.X_OK)
    plain = (built / "Greetings/PlainFunction/bootstrap").read_text()
    assert f"cd '{project}/greetings/plain code'" in plain
    assert "LOG_FORMAT" not in plain
    assert not (built / "Greetings/NodeFunction/bootstrap").exists()


def test_fork_server_starts_what_the_script_starts(project: Path, built: Path) -> None:
    environment = {"_HANDLER": "greetings.hello", "AWS_ENDPOINT_URL": "another"}
    assert worker_start(built / "Greetings/HelloFunction/bootstrap", environment) == WorkerStart(
        folder=f"{project}/greetings/src",
        environment={
            "_HANDLER": "greetings.hello",
            "AWS_ENDPOINT_URL": ENDPOINT,
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "AWS_LAMBDA_LOG_LEVEL": "DEBUG",
        },
    )
    assert worker_start(built / "Greetings/NodeFunction/bootstrap", environment) is None


def test_functions_that_share_a_build_must_agree(project: Path) -> None:
    child = CHILD.format(hello="CodeUri: Shared,", plain="Shared", node="NodeFunction")
    write(project / "build/Greetings/template.yaml", child)
    (project / "build/Greetings/Shared").mkdir()
    with pytest.raises(ValueError, match="same source and LoggingConfig"):
        use_runtime_client(project / "build", project, ENDPOINTS, PYTHON)
