"""The search engine of a URL: `https://…` a domain of OpenSearch, `file:///…` a local folder, `none:` no engine."""

from typing import TYPE_CHECKING

from shared.errors import Unavailable

if TYPE_CHECKING:
    from commerce.search.domain.finding import Found, ProductFinder, Query
    from commerce.search.domain.following import ProductIndex


def finder_at(url: str) -> "ProductFinder":
    """For customers, with short time-outs. Raises ValueError for another URL."""
    scheme, _, rest = url.partition(":")
    if scheme == "file":
        from pathlib import Path

        from commerce.search.adapters.tantivy.product_finder import TantivyProductFinder

        return TantivyProductFinder(Path(rest.removeprefix("//")))
    if scheme == "https":
        # imported here: only functions that use a domain have the layer with opensearch-py
        from commerce.search.adapters.opensearch.client import client_at
        from commerce.search.adapters.opensearch.product_finder import OpenSearchProductFinder

        return OpenSearchProductFinder(client_at(url, read_seconds=2.0))
    if scheme == "none":
        return NoProductFinder()
    raise ValueError(f"no search engine has URLs that begin with {scheme}:")


def index_at(url: str) -> "ProductIndex":
    """For writers, with long time-outs. Raises ValueError for another URL, and for `none:`."""
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
    """For a shop without a search engine."""

    def find(self, query: "Query") -> "Found":  # noqa: ARG002  always raises
        raise _no_engine()

    def suggest(self, prefix: str, limit: int) -> tuple[str, ...]:  # noqa: ARG002  the same
        raise _no_engine()


def _no_engine() -> Unavailable:
    return Unavailable("This shop has no search engine.", retry_after_seconds=3600)
