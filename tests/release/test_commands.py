"""python -m release."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def release(*arguments: str, path: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PATH": f"{path}:{os.environ['PATH']}"} | variables
    call = [sys.executable, "-m", "release", *arguments]
    return subprocess.run(call, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  of this test


def test_deployment_calls_sam_with_parameters_and_digests(tmp_path: Path) -> None:
    sam = tmp_path / "sam"
    sam.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    sam.chmod(0o755)

    called = release("deploy", "prod", "--no-execute-changeset", path=str(tmp_path)).stdout.splitlines()

    assert called[:5] == ["deploy", "--config-env", "prod", "--no-execute-changeset", "--parameter-overrides"]
    assert called[5:] == release("parameters", "prod").stdout.splitlines()
    assert {"Environment=prod", "SnapStart=PublishedVersions"} < set(called)
    assert sum("Digest=" in each for each in called) == 5


def test_deployment_from_github_uses_what_bootstrap_has_made(tmp_path: Path) -> None:
    sam = tmp_path / "sam"
    sam.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    sam.chmod(0o755)
    role = "arn:aws:iam::123456789012:role/bootstrap-almoner-dev-CloudFormationRole-1"

    called = release("deploy", "dev", path=str(tmp_path), ARTIFACT_BUCKET="artifacts", CLOUDFORMATION_ROLE_ARN=role)

    options = called.stdout.splitlines()[1:8]
    assert options == ["--config-env", "dev", "--no-resolve-s3", "--s3-bucket", "artifacts", "--role-arn", role]


def test_every_template_is_translated(tmp_path: Path) -> None:
    assert release("translate", str(tmp_path)).returncode == 0

    live = json.loads((tmp_path / "personalization" / "live.json").read_text())
    assert live["Resources"]["MessageFunctionAliaslive"]["Type"] == "AWS::Lambda::Alias"
    assert (tmp_path / "template.json").exists()


@pytest.mark.parametrize("arguments", [[], ["deploy"], ["publish", "prod"], ["parameters", "prod", "more"]])
def test_other_commands_are_explained(arguments: list[str]) -> None:
    answer = release(*arguments)

    assert answer.returncode != 0
    assert "python -m release deploy ENVIRONMENT" in answer.stderr
