"""EventBridge through botocore: a client is all that is needed, and boto3 would double the cold start."""

from typing import cast

from botocore.config import Config
from botocore.session import get_session

from shared.events import EventBridge

# Cognito waits 5 s for a trigger: two attempts and a cold start must fit.
_CONFIG = Config(connect_timeout=0.5, read_timeout=1.5, retries={"total_max_attempts": 2, "mode": "standard"})


def client() -> EventBridge:
    return cast(EventBridge, get_session().create_client("events", config=_CONFIG))
