"""`sam` by itself: a fresh clone, and nothing but the SAM CLI, Python 3.13 with pip, and make on the PATH."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from local.sam_local.commands import start_api
from local.workspace import ROOT, architecture
from tests.e2e.clients import Platform, User

pytestmark = pytest.mark.sam_local

_LAYERS = ("OpenSearchLayer", "PaymentsLayer", "SharedLayer")
_ELF_MACHINES = {62: "x86_64", 183: "arm64"}
_TOOLS = ("make", "sh", "cp")  # and those of POSIX that the layers' Makefiles call
_SECONDS = 900
_PASSED_ON = (
    "HOME",
    "TMPDIR",
    "LANG",
    "HTTPS_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "DOCKER_HOST",
    "AWS_ENDPOINT_URL",
    "AWS_SHARED_CREDENTIALS_FILE",
)


@dataclass(frozen=True)
class Clone:
    """A copy of the source tree, and the PATH of somebody who has only SAM and Python."""

    folder: Path
    path: Path

    @property
    def environment(self) -> dict[str, str]:
        passed_on = {name: value for name, value in os.environ.items() if name in _PASSED_ON or name.startswith("PIP_")}
        aws = {"AWS_DEFAULT_REGION": "us-west-2"}
        return passed_on | aws | {"PATH": str(self.path), "SAM_CLI_TELEMETRY": "0"}

    def run(self, program: str, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603  of this test
            [str(self.path / program), *arguments],
            cwd=self.folder,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )

    def sam(self, *arguments: str, typed: str = "") -> str:
        """What it prints. Fails with its messages if it fails."""
        ran = self.run("sam", *arguments, typed=typed)
        assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-4000:]
        return ran.stdout

    def outputs(self, stack: str) -> dict[str, str]:
        listed = json.loads(self.sam("list", "stack-outputs", "--stack-name", stack, "--output", "json"))
        return {output["OutputKey"]: output["OutputValue"] for output in listed}

    def architectures(self) -> dict[str, set[str]]:
        """For which processors the compiled libraries of each built layer are."""
        found = {}
        for layer in _LAYERS:
            libraries = (self.folder / ".aws-sam/build" / layer).rglob("*.so*")
            found[layer] = {_ELF_MACHINES[int.from_bytes(each.read_bytes()[18:20], "little")] for each in libraries}
        return found


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("path")
    python = folder / "python"
    subprocess.run([sys.base_prefix + "/bin/python3.13", "-m", "venv", str(python)], check=True)  # noqa: S603  its pip
    tools = folder / "bin"
    tools.mkdir()
    (tools / "python3.13").symlink_to(python / "bin/python3.13")
    (tools / "sam").symlink_to(ROOT / ".venv/bin/sam")
    for tool in _TOOLS:
        (tools / tool).symlink_to(str(shutil.which(tool)))
    return tools


@pytest.fixture(scope="module")
def clone(path: Path, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    folder = tmp_path_factory.mktemp("clone")
    for name in _sources():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    return Clone(folder, path)


def _sources() -> Iterator[str]:
    """What a clone would have if the working tree were committed."""
    call = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603  of this test
    yield from (name for name in listed.split("\0") if name and (ROOT / name).is_file())


def test_path_has_nothing_that_only_make_installs(path: Path) -> None:
    assert sorted(tool.name for tool in path.iterdir()) == sorted(["python3.13", "sam", *_TOOLS])
    assert shutil.which("uv", path=str(path)) is None


def test_templates_are_valid(clone: Clone) -> None:
    assert "is a valid SAM Template" in clone.sam("validate", "--lint")


def test_layers_are_for_the_templates_architecture_or_the_given_one(clone: Clone) -> None:
    """One after another in one folder: SAM's cache must not answer with the other architecture's layer."""
    clone.sam("build")
    assert clone.architectures() == {layer: {"arm64"} for layer in _LAYERS}

    clone.sam("build", "--parameter-overrides", "Architecture=x86_64")
    assert clone.architectures() == {layer: {"x86_64"} for layer in _LAYERS}


def test_changed_package_is_refused(clone: Clone, tmp_path: Path) -> None:
    """pip holds packages to the hashes of the lock, as uv does."""
    requirements = clone.folder / "layers/opensearch/requirements.txt"
    locked = requirements.read_text()
    requirements.write_text(re.sub("(?<=sha256:)[0-9a-f]+", lambda digest: digest[0][::-1], locked))
    try:
        refused = clone.run("sam", "build", "OpenSearchLayer", "--build-dir", str(tmp_path), "--no-cached")
    finally:
        requirements.write_text(locked)
    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stderr


# --- sam local


@pytest.fixture(scope="module")
def here(clone: Clone, platform: Platform) -> list[str]:  # noqa: ARG001  whose containers it uses
    """Options of `sam local` on this machine, which neither emulates arm64 nor reaches AWS's images."""
    built_for = ["--parameter-overrides", f"Architecture={architecture()}"]
    clone.sam("build", *built_for)
    config = tomllib.loads(Path(os.environ["SAM_LOCAL_CONFIG"]).read_text())["default"]["global"]["parameters"]
    return [*built_for, "--invoke-image", config["invoke_image"][0], "--skip-pull-image"]


def _local_aws() -> list[str]:
    return ["--env-vars", str(Path(os.environ["SAM_LOCAL_CONFIG"]).with_name("environment.json"))]


@pytest.mark.parametrize(
    ("function", "event", "status"),
    [
        ("GetProfileFunction", "personalization/get_profile", 401),  # the sample's token is nobody's
        ("ProductSearchFunction", "commerce/product_search", 503),  # no search engine, but its layer
    ],
)
def test_function_answers_its_sample_event(
    function: str, event: str, status: int, clone: Clone, here: list[str]
) -> None:
    answer = json.loads(clone.sam("local", "invoke", function, "-e", f"events/{event}.json", *here))
    assert answer["statusCode"] == status, answer


def test_routes_of_all_contexts_answer(clone: Clone, here: list[str], supporter: User) -> None:
    command = [str(clone.path / "sam"), "local", "start-api", *here, *_local_aws()]
    with start_api(command, cwd=clone.folder, env=clone.environment) as url:
        profile = requests.get(
            f"{url}/profile",
            {"userId": supporter.user_id},
            headers={"Authorization": f"Bearer {supporter.access_token}"},
            timeout=_SECONDS,
        )
        products = requests.get(f"{url}/products", timeout=_SECONDS)
        users = requests.get(f"{url}/users", timeout=_SECONDS)
    assert (profile.status_code, profile.json()["userId"]) == (200, supporter.user_id)
    assert products.json()["items"]
    assert users.status_code in {401, 403}, users.text


# --- sam deploy, with the local AWS for AWS


def test_platform_is_deployed_without_digests(clone: Clone, here: list[str]) -> None:  # noqa: ARG001  built
    clone.sam("deploy", "--config-env", "dev")
    assert {"CommerceApi", "PersonalizationApi"} <= clone.outputs("almoner-dev").keys()


@pytest.fixture(scope="module")
def sandbox(clone: Clone, here: list[str]) -> dict[str, str]:  # noqa: ARG001  built
    clone.sam("build")
    clone.sam("deploy", "--config-env", "sandbox")
    return clone.outputs("almoner-sandbox")


def test_sandbox_has_no_contexts(sandbox: dict[str, str]) -> None:
    assert {name for name in sandbox if name.startswith(("Commerce", "Personalization"))} == set()


@pytest.mark.parametrize("context", ["commerce", "personalization"])
def test_context_is_deployed_alone(context: str, clone: Clone, sandbox: dict[str, str], platform: Platform) -> None:
    filled = clone.run("python3.13", "-m", "release.fill", f"{context}-dev", "almoner-sandbox")
    assert filled.returncode == 0, filled.stderr
    clone.sam("build", "-t", f"{context}/template.yaml")
    clone.sam("deploy", "--config-env", f"{context}-dev")

    deployed = platform.aws("cloudformation").describe_stacks(StackName=f"almoner-{context}-dev")["Stacks"][0]
    given = {each["ParameterKey"]: each["ParameterValue"] for each in deployed["Parameters"]}
    api = clone.outputs(f"almoner-{context}-dev")["ApiId"]
    [authorizer] = [
        each
        for each in platform.aws("apigateway").get_authorizers(restApiId=api)["items"]
        if each["type"] == "COGNITO_USER_POOLS"
    ]
    assert given["SharedLayer"] == sandbox["SharedLayer"]
    assert authorizer["providerARNs"] == [sandbox["UserPoolArn"]]

    clone.sam("sync", "--config-env", f"{context}-dev", typed="y\n")
