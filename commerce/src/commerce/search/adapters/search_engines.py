"""Search engines by their URLs.

`https://…` is a domain of OpenSearch, `file:///…` a folder on one machine, `none:` no engine at all.
"""

from typing import TYPE_CHECKING

from shared.errors import Unavailable

if TYPE_CHECKING:
    from commerce.search.domain.finding import Found, ProductFinder, Query
    from commerce.search.domain.following import ProductIndex


def finder_at(url: str) -> "ProductFinder":
    """For customers, who wait for it. Raises ValueError for another URL."""
    scheme, _, rest = url.partition(":")
    if scheme == "file":
        from pathlib import Path

        from commerce.search.adapters.tantivy.product_finder import TantivyProductFinder

        return TantivyProductFinder(Path(rest.removeprefix("//")))
    if scheme == "https":
        # Not before it is needed: opensearch-py's layer is only on functions that ask a domain.
        from commerce.search.adapters.opensearch.client import client_at
        from commerce.search.adapters.opensearch.product_finder import OpenSearchProductFinder

        return OpenSearchProductFinder(client_at(url, read_seconds=2.0))
    if scheme == "none":
        return NoProductFinder()
    raise ValueError(f"no search engine has URLs that begin with {scheme}:")


def index_at(url: str) -> "ProductIndex":
    """For those who keep it, and have time. Raises ValueError for another URL; nothing follows where there is none."""
    scheme, _, rest = url.partition(":")
    if scheme == "file":
        from pathlib import Path

        from commerce.search.adapters.tantivy.product_index import TantivyProductIndex

        return TantivyProductIndex(Path(rest.removeprefix("//")))
    if scheme == "https":
        from commerce.search.adapters.opensearch.client import client_at
        from commerce.search.adapters.opensearch.product_index import OpenSearchProductIndex

        return OpenSearchProductIndex(client_at(url, read_seconds=20.0))
    raise ValueError(f"no search engine has URLs that begin with {scheme}:")


class NoProductFinder:
    """Of a shop without a search engine."""

    def find(self, query: "Query") -> "Found":  # noqa: ARG002  finds nothing, whatever is asked
        raise _no_engine()

    def suggest(self, prefix: str, limit: int) -> tuple[str, ...]:  # noqa: ARG002  the same
        raise _no_engine()


def _no_engine() -> Unavailable:
    return Unavailable("This shop has no search engine.", retry_after_seconds=3600)
