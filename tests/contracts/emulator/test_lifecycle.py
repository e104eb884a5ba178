"""Starting, reloading and stopping the emulator, for `make up` and `make down`."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from local.emulator.forked_workers import CAN_FORK
from local.emulator.process import EmulatorProcess
from local.emulator.workers import worker_pids
from local.workspace import ROOT, free_port
from tests.contracts.emulator.aws import Aws, eventually, has_ended, package

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-lifecycle")]

TEMPLATE: dict[str, Any] = {
    "Transform": "AWS::Serverless-2016-10-31",
    "Parameters": {"CodeBucket": {"Type": "String"}, "CodeKey": {"Type": "String"}},
    "Resources": {
        "Api": {
            "Type": "AWS::Serverless::Api",
            "Properties": {
                "StageName": "v1",
                "Auth": {
                    "DefaultAuthorizer": "Users",
                    "Authorizers": {
                        "Users": {
                            "UserPoolArn": {"Fn::GetAtt": ["Pool", "Arn"]},
                            "AuthorizationScopes": ["aws.cognito.signin.user.admin"],
                        }
                    },
                },
            },
        },
        "Function": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "Runtime": "provided.al2023",
                "Handler": "handlers.echo",
                "CodeUri": {"Bucket": {"Ref": "CodeBucket"}, "Key": {"Ref": "CodeKey"}},
                "Timeout": 20,
                "Events": {
                    "Mine": {
                        "Type": "Api",
                        "Properties": {"RestApiId": {"Ref": "Api"}, "Path": "/mine", "Method": "get"},
                    }
                },
            },
        },
        "Pool": {"Type": "AWS::Cognito::UserPool"},
        "Client": {
            "Type": "AWS::Cognito::UserPoolClient",
            "Properties": {
                "UserPoolId": {"Ref": "Pool"},
                "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            },
        },
        "Table": {"Type": "AWS::Serverless::SimpleTable"},
    },
    "Outputs": {name: {"Value": {"Ref": name}} for name in ("Api", "Pool", "Client", "Table")},
}


def sign_in(aws: Aws, client: str) -> str:
    answer = aws.client("cognito-idp").initiate_auth(
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": "Secret-123"},
    )
    return str(answer["AuthenticationResult"]["AccessToken"])


def test_all_data_is_there_after_a_restart(tmp_path: Path) -> None:
    emulator = EmulatorProcess(tmp_path, free_port(), persist=True)
    aws = Aws(emulator.endpoint)
    with emulator:
        aws.upload("code.zip", package())
        status = aws.deploy("app", json.dumps(TEMPLATE), CodeBucket=aws.code_bucket, CodeKey="code.zip")
        assert status == "CREATE_COMPLETE"
        outputs = aws.outputs("app")
        cognito = aws.client("cognito-idp")
        cognito.sign_up(ClientId=outputs["Client"], Username="ann", Password="Secret-123")
        cognito.admin_confirm_sign_up(UserPoolId=outputs["Pool"], Username="ann")
        token = sign_in(aws, outputs["Client"])
        aws.client("dynamodb").put_item(TableName=outputs["Table"], Item={"id": {"S": "kept"}})
        url = f"/_aws/execute-api/{outputs['Api']}/v1/mine"
        assert aws.call("GET", url, headers={"Authorization": token}).status == 200
    with emulator:
        assert aws.outputs("app") == outputs
        for valid in (token, sign_in(aws, outputs["Client"])):
            assert aws.call("GET", url, headers={"Authorization": valid}).status == 200
        item = aws.client("dynamodb").get_item(TableName=outputs["Table"], Key={"id": {"S": "kept"}})
        assert item["Item"] == {"id": {"S": "kept"}}
        assert aws.deploy("app", json.dumps(changed()), CodeBucket="code", CodeKey="code.zip") == "UPDATE_COMPLETE"
        assert aws.outputs("app") == outputs


def changed() -> dict[str, Any]:
    template: dict[str, Any] = json.loads(json.dumps(TEMPLATE))
    template["Resources"]["Function"]["Properties"]["Timeout"] = 15
    event = {"RestApiId": {"Ref": "Api"}, "Path": "/more", "Method": "get"}
    template["Resources"]["Function"]["Properties"]["Events"]["More"] = {"Type": "Api", "Properties": event}
    return template


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[EmulatorProcess]:
    with EmulatorProcess(tmp_path, free_port()) as process:
        yield process


def test_stop_leaves_no_process_no_file_and_does_not_wait_for_open_connections(
    emulator: EmulatorProcess,
) -> None:
    aws = Aws(emulator.endpoint)
    function = aws.function("pick")
    python_function = aws.function("pick", Runtime="python3.13", Layers=[layer(aws)])
    pids = [pid for arn in (function, python_function) for pid in aws.invoke(arn, {})[0].values()]
    address = urlsplit(emulator.endpoint)
    idle = HTTPConnection(address.hostname or "", address.port)
    idle.request("GET", "/_ministack/ready")
    idle.getresponse().read()
    socket_file = open_web_socket(aws)
    queue = aws.client("sqs").create_queue(QueueName="empty")["QueueUrl"]
    slow = aws.function("sleep")
    endless: list[Callable[[], object]] = [
        lambda: aws.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=20),
        lambda: aws.invoke(slow, {"seconds": 20})[0],
    ]
    answered: list[Any] = []
    threads = [threading.Thread(target=until_cut_off, args=[request, answered]) for request in endless]
    for thread in threads:
        thread.start()
    assert eventually(lambda: "sleep-" in emulator.log.read_text())

    emulator.stop()

    for thread in threads:
        thread.join()
    assert [answer for answer in answered if "errorType" not in answer] == []  # a response would mean that it waited
    idle.close()
    socket_file.close()
    assert all(has_ended(pid) for pid in pids)
    assert list(emulator.temporary_files.iterdir()) == []


def test_emulator_does_not_outlive_a_test_run_that_was_killed(tmp_path: Path) -> None:
    script = (
        "import os, pathlib; from local.emulator.process import EmulatorProcess\n"
        "from local.workspace import free_port\n"
        f"emulator = EmulatorProcess(pathlib.Path({str(tmp_path)!r}), free_port()); emulator.start()\n"
        "print(emulator.pid, flush=True); os._exit(1)"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)  # noqa: S603
    assert eventually(lambda: has_ended(int(run.stdout)))


@pytest.mark.skipif(not CAN_FORK, reason="a process that was not forked may outlive an emulator that was killed")
def test_emulator_that_was_killed_leaves_no_process(emulator: EmulatorProcess) -> None:
    aws = Aws(emulator.endpoint)
    idle, busy = aws.function("pick"), aws.function("sleep")
    pids = aws.invoke(idle, {})[0].values()
    working = threading.Thread(target=until_cut_off, args=[lambda: aws.invoke(busy, {"seconds": 60}), []])
    working.start()
    assert eventually(lambda: worker_pids(busy.rpartition(":")[2]))
    pids = [*pids, *worker_pids(busy.rpartition(":")[2])]

    os.kill(emulator.pid, signal.SIGKILL)

    working.join()
    assert eventually(lambda: all(has_ended(pid) for pid in pids))


def until_cut_off(request: Callable[[], object], answered: list[Any]) -> None:
    """Make a request that is expected to be cut off; any response is appended to `answered`."""
    with suppress(BotoCoreError, ClientError):
        answered.append(request())


def layer(aws: Aws) -> str:
    content = package()
    arn: str = aws.client("lambda").publish_layer_version(LayerName="layer", Content={"ZipFile": content})[
        "LayerVersionArn"
    ]
    return arn


def open_web_socket(aws: Aws) -> socket.socket:
    """An idle connection to a WebSocket API."""
    gateway = aws.client("apigatewayv2")
    api = gateway.create_api(Name="chat", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")[
        "ApiId"
    ]
    gateway.create_stage(ApiId=api, StageName="v1")
    address = urlsplit(aws.endpoint)
    connection = socket.create_connection((address.hostname or "", address.port or 0))
    connection.sendall(
        f"GET /_aws/execute-api/{api}/v1 HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    assert b"101" in connection.recv(1024)
    return connection


def test_reload_restarts_functions_and_lets_running_ones_finish(emulator: EmulatorProcess, tmp_path: Path) -> None:
    aws = Aws(emulator.endpoint)
    source = tmp_path / "source"
    source.mkdir()
    edit(source, answer="before")
    function = aws.function("edited", Handler="edited.handler", Code={"ZipFile": package(source)})
    busy = aws.function("sleep")
    assert aws.invoke(function, {})[0]["answer"] == "before"
    results: list[Any] = []
    running = threading.Thread(target=lambda: results.append(aws.invoke(busy, {"seconds": 1})))
    running.start()
    assert eventually(lambda: "sleep-" in emulator.log.read_text())

    edit(source, answer="after")
    assert aws.invoke(function, {})[0]["answer"] == "before"
    emulator.reload_functions()
    assert eventually(lambda: aws.invoke(function, {})[0]["answer"] == "after")

    running.join()
    answer, failed = results[0]
    assert not failed
    assert eventually(lambda: has_ended(json.loads(answer["body"])["pid"]))


def edit(source: Path, answer: str) -> None:
    (source / "edited.py").write_text("from answers import ANSWER\n\ndef handler(*_):\n    return {'answer': ANSWER}\n")
    (source / "answers.py").write_text(f"ANSWER = {answer!r}\n")
