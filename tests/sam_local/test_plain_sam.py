"""`sam` by itself: a fresh clone, and nothing but the SAM CLI, Python 3.13 with pip, and make on the PATH."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.workspace import ROOT

pytestmark = pytest.mark.sam_local

_ELF_MACHINES = {62: "x86_64", 183: "arm64"}
_TOOLS = ("make", "sh", "cp")  # and those of POSIX that the layers' Makefiles call
_BUILD_SECONDS = 900
_PASSED_ON = ("HOME", "TMPDIR", "LANG", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE")


@dataclass(frozen=True)
class Clone:
    """A copy of the source tree, and the PATH of somebody who has only SAM and Python."""

    folder: Path
    path: Path

    def sam(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        passed_on = {name: value for name, value in os.environ.items() if name in _PASSED_ON or name.startswith("PIP_")}
        aws = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-west-2"}
        return subprocess.run(  # noqa: S603  of this test
            [str(self.path / "sam"), *arguments],
            cwd=self.folder,
            env=passed_on | aws | {"PATH": str(self.path), "SAM_CLI_TELEMETRY": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_BUILD_SECONDS,
            check=False,
        )

    def build(self, *arguments: str) -> None:
        built = self.sam("build", *arguments)
        assert built.returncode == 0, built.stderr

    def architectures(self) -> dict[str, set[str]]:
        """For which processors the compiled libraries of each built layer are."""
        found = {}
        for layer in ("OpenSearchLayer", "SharedLayer"):
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
    validated = clone.sam("validate", "--lint")
    assert validated.returncode == 0, validated.stdout + validated.stderr
    assert "is a valid SAM Template" in validated.stdout


def test_layers_are_for_the_templates_architecture_or_the_given_one(clone: Clone) -> None:
    """One after another in one folder: SAM's cache must not answer with the other architecture's layer."""
    clone.build()
    assert clone.architectures() == {"OpenSearchLayer": {"arm64"}, "SharedLayer": {"arm64"}}

    clone.build("--parameter-overrides", "Architecture=x86_64")
    assert clone.architectures() == {"OpenSearchLayer": {"x86_64"}, "SharedLayer": {"x86_64"}}


def test_changed_package_is_refused(clone: Clone, tmp_path: Path) -> None:
    """pip holds packages to the hashes of the lock, as uv does."""
    requirements = clone.folder / "layers/opensearch/requirements.txt"
    locked = requirements.read_text()
    requirements.write_text(re.sub("(?<=sha256:)[0-9a-f]+", lambda digest: digest[0][::-1], locked))
    try:
        refused = clone.sam("build", "OpenSearchLayer", "--build-dir", str(tmp_path), "--no-cached")
    finally:
        requirements.write_text(locked)
    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stderr
