"""Search engines by their URLs: `file:///…` is a folder on one machine, `none:` no engine at all."""

from typing import TYPE_CHECKING

from shared.errors import Unavailable

if TYPE_CHECKING:
    from commerce.domain.search.finding import Found, ProductFinder, Query


def finder_at(url: str) -> "ProductFinder":
    """For customers, who wait for it. Raises ValueError for another URL."""
    scheme, _, rest = url.partition(":")
    if scheme == "file":
        from pathlib import Path

        from commerce.adapters.tantivy.product_finder import TantivyProductFinder

        return TantivyProductFinder(Path(rest.removeprefix("//")))
    if scheme == "none":
        return NoProductFinder()
    raise ValueError(f"no search engine has URLs that begin with {scheme}:")


class NoProductFinder:
    """Of a shop without a search engine."""

    def find(self, query: "Query") -> "Found":  # noqa: ARG002
        raise _no_engine()

    def suggest(self, prefix: str, limit: int) -> tuple[str, ...]:  # noqa: ARG002
        raise _no_engine()


def _no_engine() -> Unavailable:
    return Unavailable("This shop has no search engine.", retry_after_seconds=3600)
