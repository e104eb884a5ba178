"""python -m operations, where AWS is not called or cannot be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def operations(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "operations", *arguments]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    clean |= {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull} | environment
    clean["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    return subprocess.run(  # noqa: S603  of this test
        call, cwd=ROOT, env=clean, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("arguments", [(), ("smoke",), ("deploy", "dev"), ("smoke", "dev", "more")])
def test_other_commands_are_explained(arguments: tuple[str, ...]) -> None:
    answer = operations(*arguments)

    assert answer.returncode == 2
    assert "python -m operations bootstrap ENV REPOSITORY" in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("show", "production"),
            "no environment 'production'. Choose one of: ENV=local, ENV=dev, ENV=staging",
        ),
        (("bootstrap", "dev", "almoner"), "REPOSITORY must be owner/name"),
        (("bootstrap", "dev", "almoner/*"), "REPOSITORY must be owner/name"),
        (("bootstrap", "dev"), "REPOSITORY must be owner/name"),
        (("admin", "dev", "ada"), "EMAIL must be an e-mail address"),
        (("admin", "dev"), "EMAIL must be an e-mail address"),
        (("teardown", "dev", "--force"), "takes no option '--force'"),
        (("smoke", "dev"), "There are no valid AWS credentials"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_input_is_answered_with_what_to_do(arguments: tuple[str, ...], message: str) -> None:
    answer = operations(*arguments)

    assert answer.returncode == 1
    assert message in answer.stderr
    assert "Traceback" not in answer.stderr


def test_unreachable_aws_is_no_stack_trace() -> None:
    reached = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

    answer = operations("show", "dev", AWS_MAX_ATTEMPTS="1", **reached)

    assert answer.returncode == 1
    assert answer.stderr.startswith("AWS cannot be called: Could not connect")
