"""What GET /health probes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from cachetools import TTLCache, cached

from knowledge_base import settings
from knowledge_base.customers.wiring import customer_records
from knowledge_base.health.adapters.knowledge_base import KnowledgeBaseProbe
from knowledge_base.health.domain.health import Health, Probe, health
from shared.dynamodb.connection import readers
from shared.http.edge import access_ends

_SECONDS, _FRESH_SECONDS = 2.0, 5.0
_NOBODY = "nobody"


@cache
def probes() -> Mapping[str, Probe]:
    ends, records = access_ends(), customer_records()
    found: dict[str, Probe] = {"tables": lambda: ends.ended_at(_NOBODY, datetime.now(UTC))}
    if records:
        found["database"] = lambda: records.find(_NOBODY, 1)
    return found | {"knowledge-base": KnowledgeBaseProbe(settings.Retrieval().knowledge_base_id)}


@cached(TTLCache(1, _FRESH_SECONDS))
def current() -> Health:
    """At most that old: anybody may call it, and as often as they like."""
    return health(probes(), readers(), _SECONDS)
