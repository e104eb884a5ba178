"""WebSocket APIs, and workers for many messages."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Barrier
from typing import Any

from botocore.exceptions import ClientError
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.contracts.emulator.aws import Aws, unique
from tests.contracts.emulator.scenarios.registry import shows

KB = 1024
CONCURRENT = 5 * (os.cpu_count() or 1)


@cache
def socket_url(aws: Aws) -> str:
    """The URL of an API that sends every message to a function which returns a body."""
    apis, function = aws.client("apigatewayv2"), aws.function("silent")
    api = apis.create_api(
        Name=unique("sockets"), ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"
    )["ApiId"]
    uri = f"arn:aws:apigateway:us-west-2:lambda:path/2015-03-31/functions/{function}/invocations"
    integration = apis.create_integration(ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=uri)["IntegrationId"]
    apis.create_route(ApiId=api, RouteKey="$default", Target=f"integrations/{integration}")
    apis.create_stage(ApiId=api, StageName="v1", AutoDeploy=True)
    return f"{aws.endpoint}/_aws/execute-api/{api}/v1"


def outcome(aws: Aws, message: str) -> str | int:
    """The response to a message: another message, silence, or the code with which the connection is closed."""
    with connect(socket_url(aws).replace("http", "ws", 1)) as socket:
        socket.send(message)
        try:
            return str(socket.recv(timeout=3))
        except TimeoutError:
            return "silence"
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else "broken off"


@shows("socket-messages", right="silence")
def function_returns_without_a_route_response(aws: Aws) -> str | int:
    return outcome(aws, "{}")


@shows("socket-message-size", right=1009)
def frame_is_too_large(aws: Aws) -> str | int:
    return outcome(aws, "x" * (32 * KB + 1))


@shows("socket-post-size", right="PayloadTooLargeException")
def function_sends_too_much(aws: Aws) -> str:
    connections = aws.new_client("apigatewaymanagementapi", socket_url(aws))
    try:
        connections.post_to_connection(ConnectionId="any", Data=b"x" * (128 * KB + 1))
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "sent"


@shows("function-api-urls", right=True)
def function_gets_the_url_of_an_api(aws: Aws) -> bool:
    api = aws.client("apigatewayv2").create_api(
        Name=unique("api"), ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"
    )["ApiId"]
    domain = "execute-api.us-west-2.amazonaws.com"
    variables = {"OURS": f"wss://{api}.{domain}/v1", "THEIRS": f"https://theirs.{domain}/v1"}
    received, _ = aws.invoke(aws.function("environment", Environment={"Variables": variables}), list(variables))
    ours = f"{aws.endpoint}/_aws/execute-api/{api}/v1".replace("http", "ws", 1)
    return bool(received == variables | {"OURS": ours})


@shows("lambda-starts", right=True)
def burst_of_short_invocations_shares_workers(aws: Aws) -> bool:
    function, all_ready = aws.function("pick"), Barrier(CONCURRENT)

    def invoke(_: int) -> Any:
        all_ready.wait()  # or the first would be idle before the last comes
        return aws.invoke(function, {})

    with ThreadPoolExecutor(CONCURRENT) as pool:
        answers = pool.map(invoke, range(CONCURRENT))
        workers = {picked["pid"] for picked, _ in answers}
    return len(workers) <= CONCURRENT * 3 // 4  # about half of them; without the patch, hardly any are shared
