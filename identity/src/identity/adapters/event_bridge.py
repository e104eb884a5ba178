"""EventBridge through botocore: a client is all that is needed, and boto3 would double the cold start."""

from typing import cast

from botocore.config import Config
from botocore.session import get_session

from shared.events import EventBridge

# Cognito waits 5 s for a trigger, and calls again if it fails.
_CONFIG = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 2, "mode": "standard"})


def client() -> EventBridge:
    return cast(EventBridge, get_session().create_client("events", config=_CONFIG))
