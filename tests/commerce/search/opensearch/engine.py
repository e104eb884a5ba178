"""The engine that the contracts run against: our adapter, and a node of OpenSearch behind a relay."""

from typing import Any

from opensearchpy import OpenSearch

from commerce.search.adapters.opensearch.client import client_at
from commerce.search.adapters.opensearch.product_finder import OpenSearchProductFinder
from commerce.search.adapters.opensearch.product_index import OpenSearchProductIndex
from tests.commerce.search.opensearch.relay import Relay


class Node:
    """The node itself, behind the relay's back."""

    def __init__(self, url: str) -> None:
        self.url, self.client = url, OpenSearch(url)

    def empty(self) -> None:
        self.client.indices.delete(index="products*")
        self.client.indices.delete_index_template(name="products", ignore=404)

    def indices(self) -> dict[str, Any]:
        """Of products, by name."""
        found: dict[str, Any] = self.client.indices.get(index="products-*")
        return found


class OpenSearchEngine:
    """What is applied is found when the index is refreshed."""

    def __init__(self, relay: Relay, node: Node) -> None:
        self.client = client_at(relay.url, read_seconds=20.0)
        self.finder = OpenSearchProductFinder(self.client)
        self.index = OpenSearchProductIndex(self.client)
        self._node = node

    def settle(self) -> None:
        self._node.client.indices.refresh(index="products-*")
