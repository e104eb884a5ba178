"""Versions of functions and their aliases, as SAM publishes them; and the parameters that may not be set together."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from samcli.yamlhelper import yaml_parse

from local.workspace import ROOT
from tests.contracts.emulator.aws import Aws, eventually, package, unique

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-application")]

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Digest: {Type: String}
  Value: {Type: String}
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: v1}}
  EnvironmentFunction:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: handlers.environment
      CodeUri: s3://BUCKET/versions.zip
      AutoPublishAlias: live
      AutoPublishCodeSha256: !Ref Digest
      VersionDeletionPolicy: Delete
      SnapStart: {ApplyOn: None}
      Environment: {Variables: {VALUE: !Ref Value}}
      Events:
        Get: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /value, Method: get}}
Outputs:
  Function: {Value: !Ref EnvironmentFunction}
  Alias: {Value: !Ref EnvironmentFunction.Alias}
"""

type Deploy = Callable[..., dict[str, str]]


@pytest.fixture
def deploy(patched: Aws) -> Deploy:
    patched.upload("versions.zip", package())
    template, stack = TEMPLATE.replace("BUCKET", patched.code_bucket), unique("versions")

    def deployed(**parameters: str) -> dict[str, str]:
        assert patched.deploy(stack, template, **parameters) in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
        return patched.outputs(stack)

    return deployed


def values(aws: Aws, outputs: dict[str, str]) -> list[str]:
    """Of the function that is not published, and of the version behind the alias."""
    answers = [aws.invoke(outputs[name], ["VALUE"]) for name in ("Function", "Alias")]
    return [answer["VALUE"] for answer, _ in answers]


def versions(aws: Aws, outputs: dict[str, str]) -> list[str]:
    listed = aws.client("lambda").list_versions_by_function(FunctionName=outputs["Function"])["Versions"]
    return [version["Version"] for version in listed]


def test_alias_stays_with_its_version_until_the_digest_changes(patched: Aws, deploy: Deploy) -> None:
    first = deploy(Digest="a" * 64, Value="1")
    assert (values(patched, first), versions(patched, first)) == (["1", "1"], ["$LATEST", "1"])

    forgotten = deploy(Digest="a" * 64, Value="2")
    assert values(patched, forgotten) == ["2", "1"]

    passed_on = deploy(Digest="b" * 64, Value="2")
    assert passed_on["Alias"] == first["Alias"]
    assert values(patched, passed_on) == ["2", "2"]
    assert eventually(lambda: versions(patched, passed_on) == ["$LATEST", "2"])  # and no older one


def stack_with_the_rule() -> dict[str, Any]:
    """The platform's parameters, and its rule about them."""
    root = yaml_parse((ROOT / "template.yaml").read_text())
    return {
        "Parameters": {name: root["Parameters"][name] for name in ("SnapStart", "ProvisionedConcurrency")},
        "Rules": {"SnapStartOrProvisionedConcurrency": root["Rules"]["SnapStartOrProvisionedConcurrency"]},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
    }


@pytest.mark.parametrize(
    "parameters",
    [{}, {"SnapStart": "PublishedVersions"}, {"ProvisionedConcurrency": "2"}],
    ids=["neither", "snapshots", "provisioned concurrency"],
)
def test_functions_start_from_snapshots_or_are_kept_ready(patched: Aws, parameters: dict[str, str]) -> None:
    assert patched.deploy(unique("rule"), stack_with_the_rule(), **parameters) == "CREATE_COMPLETE"


def test_snapshots_and_provisioned_concurrency_together_are_refused(patched: Aws) -> None:
    with pytest.raises(ClientError, match="set SnapStart to None, or ProvisionedConcurrency to 0"):
        patched.deploy(unique("rule"), stack_with_the_rule(), SnapStart="PublishedVersions", ProvisionedConcurrency="1")
