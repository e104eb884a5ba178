"""Initializes handlers as Lambda does, each with variables of its own, in a process with the packages loaded.

Reads [[module, {variable: value}], …] as JSON, and prints for each how it ended: null, or what was raised.
"""

import importlib
import json
import os
import sys

import aws_lambda_powertools.event_handler
import boto3
import pydantic
import pynamodb.models

PACKAGES = (aws_lambda_powertools.event_handler, boto3, pydantic, pynamodb.models)


def main() -> None:
    print(json.dumps([outcome(module, variables) for module, variables in json.load(sys.stdin)]))  # noqa: T201  the test reads it


def outcome(module: str, variables: dict[str, str]) -> str | None:
    """Of a copy of this process: what one module has loaded and made does not help another."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, initialized(module, variables).encode())
        os._exit(0)
    os.close(writing)
    os.wait()
    with os.fdopen(reading) as pipe:
        return pipe.read() or None


def initialized(module: str, variables: dict[str, str]) -> str:
    os.environ.clear()
    os.environ.update(variables)
    try:
        importlib.import_module(module)
    except Exception as error:  # noqa: BLE001  whatever it is, it is the outcome
        return f"{type(error).__name__}: {error}"
    return ""


if __name__ == "__main__":
    main()
