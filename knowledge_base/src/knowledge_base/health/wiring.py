"""What GET /health asks."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from knowledge_base.health.domain.health import Health, Probe, health
from shared.dynamodb.connection import readers
from shared.http.edge import access_ends

_SECONDS = 2.0


@cache
def probes() -> Mapping[str, Probe]:
    ends = access_ends()
    return {"tables": lambda: ends.ended_at("nobody", datetime.now(UTC))}


def current() -> Health:
    return health(probes(), readers(), _SECONDS)
