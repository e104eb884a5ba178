"""boto3's clients of AWS's services: one for each service and configuration, shared by all threads of the process.

A client costs more CPU than a hundred calls, so it is made once, while a function initializes. Where a service is
depends on the environment: AWS_ENDPOINT_URL, or AWS_ENDPOINT_URL_<SERVICE> for one of them.
"""

import os
import threading
from typing import Any

import boto3
import botocore
from botocore.config import Config

from shared.aws.effects import hold_effects
from shared.aws.interruptible import make_interruptible
from shared.aws.repetition import respect_sent_once
from shared.lifecycle.copies import not_shared

# botocore would put one together anew for every call: a fifteenth of what a call costs.
_USER_AGENT = f"Boto3/{boto3.__version__} Botocore/{botocore.__version__} app/almoner"

_make: Any = boto3.client  # its stubs want the service's name as a literal
_lock = threading.Lock()
_clients: dict[tuple[object, ...], Any] = {}


def client(
    service: str,
    *,
    endpoint_url: str | None = None,
    connect_seconds: float = 1.0,
    read_seconds: float = 5.0,
    attempts: int = 3,
    connections: int = 32,
    validated: bool = True,
) -> Any:
    """The client of a service, by boto3's name for it. Callers annotate it with boto3-stubs' class.

    `attempts` are all, the first included; a call within `sent_once` has one. As many
    `connections` are kept as there are threads that use the client at once. `validated` is whether botocore checks the
    arguments of calls before it sends them: the service does, too.
    """
    key = (service, endpoint_url, connect_seconds, read_seconds, attempts, connections, validated)
    with _lock:  # clients can be used by several threads at once, but not made
        if key not in _clients:
            _clients[key] = made = _make(
                service,
                region_name=os.environ.get("AWS_REGION"),  # which Lambda sets, and boto3 does not read
                endpoint_url=endpoint_url,
                config=Config(
                    connect_timeout=connect_seconds,
                    read_timeout=read_seconds,
                    retries={"mode": "standard", "total_max_attempts": attempts},
                    max_pool_connections=connections,
                    parameter_validation=validated,
                    tcp_keepalive=True,
                    user_agent=_USER_AGENT,
                    signature_version="s3v4" if service == "s3" else None,  # forms would be signed with version 2
                    s3={"addressing_style": "path"},  # one host, and so the same connections, for all buckets
                ),
            )
            make_interruptible(made)
            respect_sent_once(made)
            hold_effects(made)
        return _clients[key]


@not_shared
def close_connections() -> None:
    """Close those that are idle; the clients open new ones at their next calls."""
    for each in list(_clients.values()):
        each.close()
