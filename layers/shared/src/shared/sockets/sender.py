"""Sends to WebSocket connections through API Gateway, and forgets those that have gone."""

from collections.abc import Mapping
from urllib.parse import quote

from shared.aws.service import AwsError, Service
from shared.json.encoding import encode
from shared.observability.logs import logger
from shared.sockets.connections import Connections

_GONE = 410


class SocketSender:
    """`endpoint` is the socket API's stage over HTTPS."""

    def __init__(self, endpoint: str, connections: Connections) -> None:
        self._api, self._connections = Service("execute-api", endpoint), connections

    def send(self, connection_id: str, message: Mapping[str, object]) -> bool:
        """One call. A message whose arrival is not known is sent again: frames are numbered."""
        return self._call("POST", connection_id, encode(message).encode())

    def close(self, connection_id: str) -> None:
        """Close the socket from our side, if it is there."""
        self._call("DELETE", connection_id)

    def _call(self, method: str, connection_id: str, body: bytes = b"") -> bool:
        try:
            self._api.request(method, f"/@connections/{quote(connection_id, safe='')}", body=body, repeatable=True)
        except AwsError as error:
            if error.status == _GONE:
                self._connections.remove(connection_id)
            else:  # a socket that may be there is not forgotten: it may have to be closed
                logger.error("socket refused", extra={"status": error.status, "code": error.code})
            return False
        return True
