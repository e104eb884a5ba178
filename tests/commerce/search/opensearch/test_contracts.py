"""The contracts of a search engine, kept by our adapter and a real OpenSearch."""

import pytest

from tests.commerce.search.contracts.interleavings import InterleavingContract
from tests.commerce.search.contracts.product_finder import ProductFinderContract
from tests.commerce.search.contracts.product_index import ProductIndexContract
from tests.commerce.search.contracts.syncing import SyncingContract

pytestmark = pytest.mark.opensearch


class TestOpenSearchProductFinder(ProductFinderContract): ...


class TestOpenSearchProductIndex(ProductIndexContract): ...


class TestOpenSearchInterleavings(InterleavingContract): ...


class TestOpenSearchSyncing(SyncingContract): ...
