"""The commands against the deployed platform, as an administrator runs them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from operations.environment import environment
from tests.e2e.clients import PASSWORD, Api, Platform
from tests.operations.github_jobs import credentials_of_job

ROOT = Path(__file__).resolve().parents[2]
EMAIL = "ada.lovelace@almoner.example"


@pytest.fixture(scope="module")
def platform() -> Platform:
    path = os.environ.get("ALMONER_OUTPUTS")
    if path is None:
        pytest.skip("ALMONER_OUTPUTS names no outputs.json: run `make test`, which deploys a platform")
    return Platform(json.loads(Path(path).read_text()))


def aws_of(platform: Platform) -> dict[str, str]:
    return {"AWS_ENDPOINT_URL": str(platform.outputs["endpoint"]), **platform.root_user.environment}


def operations(platform: Platform, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "operations", *arguments]
    return subprocess.run(  # noqa: S603  of this test
        call,
        cwd=ROOT,
        env=os.environ | aws_of(platform) | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.platform
def test_smoke_test_passes_again_and_again(platform: Platform) -> None:
    for _ in range(2):
        answer = operations(platform, "smoke", "local")

        assert answer.returncode == 0, answer.stderr
        checks = re.findall(r"^  ok  (.+?)  +\d+ ms$", answer.stdout, re.MULTILINE)
        assert checks == [
            "a user signs in",
            "the user's profile",
            "no profile without a token",
            "the shop's products",
            "a product",
            "no products without an API key",
            "the help desk, and its database",
        ]


@pytest.mark.platform
def test_deploying_role_suffices_for_the_smoke_test(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws_of(platform).items():
        monkeypatch.setenv(name, value)
    assert operations(platform, "bootstrap", "local", "almoner/almoner").returncode == 0
    here = environment("local")
    role = here.outputs(here.bootstrap_stack)["DeployRoleArn"]
    job = credentials_of_job(here, role, "repo:almoner/almoner:environment:local")

    answer = operations(platform, "smoke", "local", **job)

    assert answer.returncode == 0, answer.stderr


@pytest.mark.platform
def test_first_administrator_may_do_what_administrators_may(platform: Platform) -> None:
    refused = operations(platform, "admin", "local", EMAIL, PASSWORD="short")
    assert refused.returncode == 1
    assert "The pool refuses the password" in refused.stderr

    for _ in range(2):  # the second time, the user is there
        answer = operations(platform, "admin", "local", EMAIL, "Ada Lovelace", PASSWORD=PASSWORD)
        assert answer.returncode == 0, answer.stderr

    ada = platform.sign_in(EMAIL, PASSWORD)
    shop = Api(platform.outputs["apis"]["commerce"], platform.api_key, ada.access_token)
    assert shop.get("/admin/products").status_code == 200


@pytest.mark.platform
def test_password_of_a_new_administrator_is_required(platform: Platform) -> None:
    answer = operations(platform, "admin", "local", "nobody@almoner.example")

    assert answer.returncode == 1
    assert "Set PASSWORD" in answer.stderr


@pytest.mark.platform
def test_what_is_deployed_is_shown_with_its_key(platform: Platform) -> None:
    shown = operations(platform, "show", "local").stdout

    assert platform.api_key in shown
    assert platform.outputs["apis"]["commerce"] in shown


@pytest.mark.platform
def test_nothing_is_deleted_without_confirmation(platform: Platform) -> None:
    for given in ({}, {"CONFIRM": "almoner-dev"}):
        answer = operations(platform, "teardown", "local", **given)

        assert answer.returncode == 1
        assert "CONFIRM=almoner" in answer.stderr
    assert operations(platform, "show", "local").returncode == 0
