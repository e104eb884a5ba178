"""What a job of GitHub Actions may do with the deploying role: the local AWS checks trust and rights as IAM does.

It does not check the rights of the role that CloudFormation assumes: see test_bootstrap_template.py.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from operations.bootstrap import bootstrap
from operations.environment import Environment
from tests.operations.github_jobs import credentials_of_job

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Table: {Type: AWS::Serverless::SimpleTable}
  Child: {Type: AWS::Serverless::Application, Properties: {Location: child.yaml}}
"""
SETTINGS = """
version = 0.1
[dev.global.parameters]
region = "us-west-2"
[dev.deploy.parameters]
resolve_s3 = true
"""
CHILD = "Resources: {Queue: {Type: AWS::SQS::Queue}}"

pytestmark = [pytest.mark.emulator, pytest.mark.usefixtures("aws")]


@pytest.fixture
def here() -> Environment:
    return Environment("dev", "us-west-2", "almoner-dev")


@pytest.fixture
def outputs(here: Environment) -> dict[str, str]:
    return bootstrap(here, "almoner/almoner")


@pytest.fixture
def job(here: Environment, outputs: dict[str, str]) -> dict[str, str]:
    return credentials_of_job(here, outputs["DeployRoleArn"], "repo:almoner/almoner:environment:dev")


@pytest.mark.parametrize(
    "subject",
    [
        "repo:almoner/almoner:environment:prod",
        "repo:almoner/almoner:ref:refs/heads/main",
        "repo:somebody/almoner:environment:dev",
        "repo:almoner/almoner-fork:environment:dev",
    ],
)
def test_no_other_job_gets_the_role(here: Environment, outputs: dict[str, str], subject: str) -> None:
    with pytest.raises(ClientError, match="Not authorized"):
        credentials_of_job(here, outputs["DeployRoleArn"], subject)


def test_job_deploys_its_stack_with_sam_and_no_other(
    here: Environment, outputs: dict[str, str], job: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    (tmp_path / "child.yaml").write_text(CHILD)
    (tmp_path / "samconfig.toml").write_text(SETTINGS)

    deployed, refused = (sam_deploy(stack, outputs, job, tmp_path) for stack in ("almoner-dev", "almoner-prod"))

    assert deployed.returncode == 0, deployed.stderr
    described = here.describe("almoner-dev")
    assert described is not None
    assert described["StackStatus"] == "CREATE_COMPLETE"
    assert refused.returncode != 0
    assert "not authorized to perform: cloudformation:DescribeStacks" in refused.stderr


@pytest.mark.parametrize(
    ("service", "call"),
    [("dynamodb", "list_tables"), ("s3", "list_buckets"), ("iam", "list_roles"), ("secretsmanager", "list_secrets")],
)
def test_job_may_not_look_around(job: dict[str, str], service: str, call: str) -> None:
    sdk: Any = boto3
    keys = {name.lower(): value for name, value in job.items()}

    with pytest.raises(ClientError, match="is not authorized to perform"):
        getattr(sdk.client(service, region_name="us-west-2", **keys), call)()


def sam_deploy(
    stack: str, outputs: Mapping[str, str], job: Mapping[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    call = ["sam", "deploy", "--config-env", "dev", "--stack-name", stack]
    call += ["--no-resolve-s3", "--s3-bucket", outputs["ArtifactBucket"]]  # as python -m release does
    call += [
        "--role-arn",
        outputs["CloudFormationRoleArn"],
        "--capabilities",
        "CAPABILITY_IAM",
        "CAPABILITY_AUTO_EXPAND",
    ]
    settings = {"AWS_DEFAULT_REGION": "us-west-2", "SAM_CLI_TELEMETRY": "0", **job}
    return subprocess.run(  # noqa: S603  of this test
        call, cwd=folder, env=os.environ | settings, capture_output=True, text=True, check=False
    )
