"""Sends to WebSocket connections through API Gateway, and removes those that have gone."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from shared.aws.clients import client
from shared.aws.failures import code, status, unavailable_where_out_of_reach
from shared.json.encoding import encode
from shared.observability.logs import logger
from shared.sockets.connections import Connections

if TYPE_CHECKING:
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient

_GONE = 410


class SocketSender:
    """`endpoint` is the socket API's stage over HTTPS. A call is made up to `attempts` times, `read_seconds` each."""

    def __init__(
        self, endpoint: str, connections: Connections, *, read_seconds: float = 5.0, attempts: int = 3
    ) -> None:
        self._api: ApiGatewayManagementApiClient = client(
            "apigatewaymanagementapi", endpoint_url=endpoint, read_seconds=read_seconds, attempts=attempts
        )
        self._connections = connections

    def send(self, connection_id: str, message: Mapping[str, object]) -> bool:
        """One call. If it is unknown whether a message arrived, it is sent again: frames are numbered."""
        data = encode(message).encode()
        return self._call(connection_id, lambda: self._api.post_to_connection(ConnectionId=connection_id, Data=data))

    def close(self, connection_id: str) -> None:
        """Close the socket from our side, if it is there."""
        self._call(connection_id, lambda: self._api.delete_connection(ConnectionId=connection_id))

    def _call(self, connection_id: str, call: Callable[[], object]) -> bool:
        try:
            with unavailable_where_out_of_reach():
                call()
        except ClientError as error:
            if status(error) == _GONE:
                self._connections.remove(connection_id)
            else:  # a socket that may be there is not forgotten: it may have to be closed
                logger.error("socket refused", extra={"status": status(error), "code": code(error)})
            return False
        return True
