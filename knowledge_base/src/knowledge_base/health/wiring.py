"""What GET /health probes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from cachetools import TTLCache, cached

from knowledge_base.customers.wiring import customer_records
from knowledge_base.health.domain.health import Health, Probe, health
from knowledge_base.suggestions.wiring import knowledge_base
from shared.dynamodb.connection import readers
from shared.http.edge import access_ends

_SECONDS, _FRESH_SECONDS = 2.0, 5.0
_NOBODY, _QUESTION = "nobody", "Hello?"


@cache
def probes() -> Mapping[str, Probe]:
    ends, records = access_ends(), customer_records()
    found: dict[str, Probe] = {"tables": lambda: ends.ended_at(_NOBODY, datetime.now(UTC))}
    if records:
        found["database"] = lambda: records.find(_NOBODY, 1)
    # What tickets need of it. Whether it is active, another service of Bedrock's says, to which no endpoint leads.
    return found | {"knowledge-base": lambda: knowledge_base().retrieve(_QUESTION, 1)}


@cached(TTLCache(1, _FRESH_SECONDS))
def current() -> Health:
    """At most that old: anybody may call it, and as often as they like."""
    return health(probes(), readers(), _SECONDS)
