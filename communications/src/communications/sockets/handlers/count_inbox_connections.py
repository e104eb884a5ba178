"""Every five minutes: how many sockets are open, which API Gateway does not tell"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from communications.sockets import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.sockets.lifecycle import count_open

prime(wiring.connections, wiring.socket_limit)


@observed(correlation_paths.EVENT_BRIDGE)
def handler(_: Mapping[str, Any], context: Any) -> None:
    """Count them. While none is open there are no metrics either, which would be paid for."""
    count_open(wiring.connections(), wiring.socket_limit(), datetime.now(UTC))
