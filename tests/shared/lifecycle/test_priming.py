import json
import os
import subprocess
import sys

import pytest

from shared.lifecycle.priming import prime

_HANDLER = """
import json
from functools import cache
from shared.http.api import Api
from shared.http.fields import Body

class Gift(Body):
    amount: int

made = []
app = Api(prime=(lambda: made.append("ledger"),))

@app.route("POST /gifts", answers={200: str}, body=Gift)
def give(request):
    return "given"

print(json.dumps({"made": made, "isModelBuilt": Gift.__pydantic_complete__}))
"""
_SETTINGS = {
    "ACCESS_ENDS_TABLE": "access-ends",
    "ALLOWED_ORIGIN": "https://example.org",
    "AWS_REGION": "us-west-2",
    "TOKEN_CLIENT_ID": "x",
    "TOKEN_ISSUER": "x",
}
_IN_LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "GiveFunction"}


def loaded(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A handler's module, as it is loaded under an environment."""
    code = [sys.executable, "-c", _HANDLER]
    here = {name: value for name, value in os.environ.items() if name not in _SETTINGS}
    return subprocess.run(code, env=here | environment, capture_output=True, text=True, check=False)  # noqa: S603


def test_function_has_what_its_requests_need_before_the_first_comes() -> None:
    assert json.loads(loaded(_IN_LAMBDA | _SETTINGS).stdout) == {"made": ["ledger"], "isModelBuilt": True}


def test_function_deployed_without_a_setting_fails_at_its_start_by_the_settings_name() -> None:
    start = loaded(_IN_LAMBDA | {name: value for name, value in _SETTINGS.items() if name != "TOKEN_ISSUER"})

    assert start.returncode != 0
    assert "TOKEN_ISSUER" in start.stderr.splitlines()[-1]


def test_tests_and_generators_load_the_same_module_without_settings() -> None:
    assert json.loads(loaded({}).stdout) == {"made": [], "isModelBuilt": False}


def test_makers_are_called_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "GiveFunction")

    prime(lambda: made.append("settings"), lambda: made.append("clients"))

    assert made == ["settings", "clients"]
