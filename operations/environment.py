"""An environment of samconfig.toml: its region, its stack, and the clients that reach it."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, TokenRetrievalError

ROOT = Path(__file__).resolve().parent.parent
_IN_USE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"})
_SIGN_IN = "sign in with `aws login` or `aws sso login`, or set AWS_PROFILE"


class CannotContinue(Exception):
    """A problem that the user can solve; the message says how."""


class Outputs(dict[str, str]):
    """A stack's. Raises CannotContinue for one that it does not have: the stack is only a part of the platform."""

    def __missing__(self, name: str) -> str:
        raise CannotContinue(f"The stack has no output {name}: this needs a whole platform, such as ENV=dev.")


@dataclass(frozen=True)
class Environment:
    """One of samconfig.toml's; with $AWS_ENDPOINT_URL, its stack is that of a local AWS."""

    name: str
    region: str
    stack: str

    @cached_property
    def endpoint(self) -> str | None:
        return os.environ.get("AWS_ENDPOINT_URL")

    @cached_property
    def bootstrap_stack(self) -> str:
        """Not `…-bootstrap`: the roles in it may change whatever is named after the environment's stack."""
        return f"bootstrap-{self.stack}"

    def client(self, service: str) -> Any:
        sdk: Any = _session()  # typed, it would only take the names of services as literals
        return sdk.client(service, region_name=self.region)

    def outputs(self, stack: str | None = None) -> Outputs:
        """The environment's stack's, or another's. Raises CannotContinue where it is not deployed."""
        described = self.describe(stack or self.stack)
        if described is None or described["StackStatus"] not in _IN_USE:
            state = "is not deployed" if described is None else f"is in the state {described['StackStatus']}"
            raise CannotContinue(
                f"The stack {stack or self.stack} {state} in {self.region}. Run: make deploy ENV={self.name}"
            )
        return Outputs({output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])})

    def describe(self, stack: str) -> dict[str, Any] | None:
        try:
            described: dict[str, Any] = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return None if described["StackStatus"] == "DELETE_COMPLETE" else described

    def api(self, context: str, outputs: Mapping[str, str]) -> str:
        """The URL of a context's REST API."""
        if self.endpoint:
            return f"{self.endpoint}/_aws/execute-api/{outputs[f'{context}ApiId']}/v1"
        return outputs[f"{context}Api"]

    def api_key(self, outputs: Mapping[str, str]) -> str:
        key = self.client("apigateway").get_api_key(apiKey=outputs["ApplicationKeyId"], includeValue=True)
        return str(key["value"])


def environment(name: str, root: Path = ROOT) -> Environment:
    """Raises CannotContinue for one that samconfig.toml does not have."""
    settings = tomllib.loads((root / "samconfig.toml").read_text())
    names = [each for each in settings if "stack_name" in _global(settings, each)]
    if name not in names:
        raise CannotContinue(f"samconfig.toml has no environment {name!r}. Choose one of: ENV={', ENV='.join(names)}")
    parameters = _global(settings, name)
    return Environment(name, parameters["region"], parameters["stack_name"])


def _global(settings: Mapping[str, Any], name: str) -> Any:
    section = settings[name]
    return section.get("global", {}).get("parameters", {}) if isinstance(section, dict) else {}


@cache
def _session() -> boto3.Session:
    return boto3.Session()


@contextmanager
def explained() -> Iterator[None]:
    """Raises CannotContinue where AWS cannot be reached or refuses."""
    try:
        yield
    except (NoCredentialsError, TokenRetrievalError) as error:
        raise CannotContinue(f"There are no valid AWS credentials ({error}): {_SIGN_IN}.") from error
    except ClientError as error:
        code = error.response["Error"]["Code"]
        hint = f": {_SIGN_IN}" if code in _EXPIRED else ""
        raise CannotContinue(
            f"AWS refuses {error.operation_name}: {error.response['Error']['Message']} ({code}){hint}"
        ) from error
    except BotoCoreError as error:
        raise CannotContinue(f"AWS cannot be called: {error}") from error
