"""Operators → the counts of all categories, brought up to date"""

from collections.abc import Mapping
from itertools import batched
from typing import Any

from commerce.categories import wiring
from commerce.categories.domain.counting import MAX_MOVES, count
from shared.errors import PublicError
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger

prime(wiring.product_ids, wiring.products, wiring.categories)


@observed()
def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """Count every product; it may be repeated, and products may change meanwhile. Raises PublicError if not `{}`."""
    if event != {}:
        raise PublicError("the event must be {}")
    products = changed = 0
    for some in batched(wiring.product_ids(), MAX_MOVES, strict=False):
        products += len(some)
        changed += count(some, wiring.products(), wiring.categories())
    report = {"products": products, "changed": changed}
    logger.info("categories recounted", extra=report)
    return report
