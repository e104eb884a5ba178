"""Functions initialize with the variables that their templates give them, and fail by name without one."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.init_bytecode import ENVIRONMENT
from generate.functions import Function, functions

_PROGRAM = Path(__file__).with_name("initialized.py")
_FUNCTIONS = {function.name: function for function in functions()}
_LAMBDAS_OWN = {
    "AWS_LAMBDA_FUNCTION_NAME": "Function",
    "AWS_REGION": "us-west-2",
    "AWS_DEFAULT_REGION": "us-west-2",
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_SESSION_TOKEN": "x",
    "PATH": os.defpath,
}


def variables_of(function: Function) -> dict[str, str]:
    """Those that its template gives it, each with a value that it might have."""
    return {name: ENVIRONMENT.get(name, "x") for name in function.properties["Environment"]["Variables"]}


def outcomes(variables: Mapping[str, dict[str, str]]) -> dict[str, str | None]:
    """How the initialization of each function ended under its variables."""
    functions_and_variables = [[_FUNCTIONS[name].module_name, _LAMBDAS_OWN | each] for name, each in variables.items()]
    code = [sys.executable, "-W", "ignore", str(_PROGRAM)]
    done = subprocess.run(code, input=json.dumps(functions_and_variables), capture_output=True, text=True, check=True)  # noqa: S603
    return dict(zip(variables, json.loads(done.stdout), strict=True))


@pytest.fixture(scope="module")
def as_deployed() -> dict[str, str | None]:
    return outcomes({name: variables_of(function) for name, function in _FUNCTIONS.items()})


@pytest.fixture(scope="module")
def without_variables() -> dict[str, str | None]:
    return outcomes({name: {} for name in _FUNCTIONS})


@pytest.mark.parametrize("name", _FUNCTIONS)
def test_function_has_every_variable_that_it_reads(name: str, as_deployed: dict[str, str | None]) -> None:
    assert as_deployed[name] is None, f"{name}: give it the variable, or do not prime what needs it"


@pytest.mark.parametrize("name", _FUNCTIONS)
def test_function_without_variables_fails_at_its_start(name: str, without_variables: dict[str, str | None]) -> None:
    outcome = without_variables[name]

    assert outcome is not None, f"{name}: prime what its events need"
    assert outcome.startswith("MissingSettings: missing environment variables: "), outcome
