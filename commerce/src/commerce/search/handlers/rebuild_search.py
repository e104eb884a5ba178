"""Operators → the index that customers search, made anew or compared with the catalogue and repaired"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from commerce.search import indexing
from commerce.search.domain.rebuilding import rebuild, verify
from shared.observability.logs import logger


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """`{}` rebuilds, `{"verify": true}` compares and repairs; the report says what was wrong before it was mended.

    Raises ValueError for another event: a mistyped one should not rebuild anything.
    """
    if event not in ({}, {"verify": False}, {"verify": True}):
        raise ValueError('say {} or {"verify": true}')
    make_right = verify if event.get("verify") else rebuild
    report = asdict(make_right(indexing.whole_catalogue(), indexing.index()))
    logger.info("search index is as the catalogue", extra=report)
    return report
