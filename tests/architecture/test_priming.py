"""A function that somebody waits for creates what its requests need while it initializes, without calling anything.

That is in its snapshot; everything else is paid for by the first request after each restore.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.aws_stand_in import StandIn, running_stand_in
from benchmarks.init_bytecode import ENVIRONMENT
from tests.architecture.test_aliases import Template, each_waited_for

ROOT = Path(__file__).resolve().parents[2]

# Clients and modules, ours and others', that come after the mark belong to the first request.
_PROGRAM = """
import json, os, sys, urllib.request
from types import SimpleNamespace
from botocore.session import Session

made, create = [], Session.create_client
def create_and_count(session, service, *arguments, **named):
    made.append(service)
    return create(session, service, *arguments, **named)
Session.create_client = create_and_count

from {module} import handler

urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/mark", b"{{}}").read()
primed, loaded = len(made), set(sys.modules)
context = SimpleNamespace(
    function_name="function", function_version="1", memory_limit_in_mb=512, aws_request_id="request",
    invoked_function_arn="arn:aws:lambda:us-west-2:123456789012:function:function:live",
    get_remaining_time_in_millis=lambda: 20_000,
)
try:
    handler(json.load(open({sample!r})), context)
except Exception:
    pass  # the stand-in may support less than the function uses
late = [name for name in set(sys.modules) - loaded if {ours!r} & {{name.partition(".")[0]}}
    or "site-packages" in str(getattr(sys.modules[name], "__file__", ""))]
print(json.dumps([made[primed:], sorted(late)]))
"""
_OURS = {"shared", *(path.name for path in ROOT.glob("*/src/*"))}


@dataclass(frozen=True)
class FirstRequest:
    """`called` has the calls before it, the others what was created and imported for it."""

    called: list[str]
    clients: list[str]
    modules: list[str]


@pytest.fixture(scope="module")
def aws() -> Iterator[StandIn]:
    with running_stand_in() as stand_in:
        yield stand_in


def first_request(handler: str, aws: StandIn) -> FirstRequest:
    module = handler.rpartition(".")[0]
    sample = ROOT / "events" / module.partition(".")[0] / f"{module.rpartition('.')[2]}.json"
    lambda_sets = {"AWS_LAMBDA_FUNCTION_NAME": "function", "AWS_REGION": "us-west-2", "AWS_ENDPOINT_URL": aws.url}
    before = len(aws.calls)
    ran = subprocess.run(  # noqa: S603  our own interpreter and program
        [sys.executable, "-c", _PROGRAM.format(module=module, sample=str(sample), ours=_OURS)],
        env=os.environ | ENVIRONMENT | lambda_sets,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    called = [f"{call.service} {call.operation}" for call in aws.calls[before:]]
    clients, modules = json.loads(ran.stdout.splitlines()[-1])
    return FirstRequest(called[: called.index("mark ")], clients, modules)


@each_waited_for
def test_function_is_primed(template: Template, function: str, aws: StandIn) -> None:
    first = first_request(template.written["Resources"][function]["Properties"]["Handler"], aws)

    assert first.called == [], f"{function} calls AWS while it initializes: a snapshot would keep the answer"
    assert first.clients == [], f"{function}: prime what makes these clients, so that no request waits for them"
    assert first.modules == [], f"{function}: import these modules, or prime what does, before the first request"
