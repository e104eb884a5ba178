"""EventBridge through botocore: a client is all that is needed."""

from typing import cast

from botocore.config import Config
from botocore.session import get_session

from shared.events import EventBridge

# Half a minute for a batch of the stream; Lambda tries the batch again.
_CONFIG = Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 3, "mode": "standard"})


def client() -> EventBridge:
    return cast(EventBridge, get_session().create_client("events", config=_CONFIG))
