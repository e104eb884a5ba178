"""The composition root of imports."""

from datetime import UTC, datetime
from functools import cache

from commerce.catalogue.wiring import currency, products
from commerce.imports.domain.importing import Importer
from shared.aws.threads import Threads

__all__ = ["currency", "importer"]

_CONCURRENT_WRITES = 16


@cache
def importer() -> Importer:
    threads = Threads(_CONCURRENT_WRITES, thread_name_prefix="import")
    return Importer(products(), threads, lambda: datetime.now(UTC))
