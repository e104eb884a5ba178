"""Which system wrote a file."""

from collections.abc import Sequence

from commerce.imports.domain.systems.ebay import EBAY
from commerce.imports.domain.systems.etsy import ETSY
from commerce.imports.domain.systems.google import GOOGLE
from commerce.imports.domain.systems.shopify import SHOPIFY
from commerce.imports.domain.systems.square import SQUARE
from commerce.imports.domain.systems.system import System
from commerce.imports.domain.systems.woocommerce import WOOCOMMERCE

SYSTEMS = (SHOPIFY, WOOCOMMERCE, SQUARE, ETSY, EBAY, GOOGLE)


def system_of(names: Sequence[str]) -> System | None:
    """By the names of its columns; None for a file of our own kind, or of nobody's."""
    return next((system for system in SYSTEMS if system.wrote(names)), None)
