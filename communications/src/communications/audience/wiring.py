"""The composition root of the audience."""

from functools import cache

from communications import settings
from communications.audience.adapters.audience import DynamoAudience


@cache
def audience() -> DynamoAudience:
    return DynamoAudience(settings.Audience().audience_table)
