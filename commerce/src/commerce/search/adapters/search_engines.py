"""The search engine of a URL.

`https://…` is a domain of OpenSearch, `http://127.0.0.1:…` a node of it on this machine, which asks for no signatures,
`file:///…` a folder, and `none:` no engine.
"""

from typing import TYPE_CHECKING

from shared.errors import Unavailable

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from commerce.search.domain.finding import Found, ProductFinder, Query
    from commerce.search.domain.following import ProductIndex
    from commerce.search.domain.suggesting import Suggestion


def finder_at(url: str) -> "ProductFinder":
    """For customers, with short time-outs. Raises ValueError for another URL."""
    scheme, _, rest = url.partition(":")
    if scheme == "file":
        from pathlib import Path

        from commerce.search.adapters.tantivy.product_finder import TantivyProductFinder

        return TantivyProductFinder(Path(rest.removeprefix("//")))
    if _is_opensearch(url):
        from commerce.search.adapters.opensearch.product_finder import OpenSearchProductFinder

        return OpenSearchProductFinder(_client_at(url, read_seconds=2.0))
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
    if _is_opensearch(url):
        from commerce.search.adapters.opensearch.product_index import OpenSearchProductIndex

        return OpenSearchProductIndex(_client_at(url, read_seconds=20.0))
    raise ValueError(f"no search engine has URLs that begin with {scheme}:")


def _is_opensearch(url: str) -> bool:
    return url.startswith(("https://", "http://127.0.0.1:"))


def _client_at(url: str, read_seconds: float) -> "OpenSearch":
    # imported here: only functions that use OpenSearch have the layer with opensearch-py
    from commerce.search.adapters.opensearch.client import client_at

    return client_at(url, read_seconds, signed=url.startswith("https:"))


class NoProductFinder:
    """For a shop without a search engine."""

    def find(self, query: "Query") -> "Found":  # noqa: ARG002  always raises
        raise _no_engine()

    def suggest(self, prefix: str, limit: int) -> "tuple[Suggestion, ...]":  # noqa: ARG002  the same
        raise _no_engine()


def _no_engine() -> Unavailable:
    return Unavailable("This shop has no search engine.", retry_after_seconds=3600)
