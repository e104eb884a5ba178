"""The only place of this context that reads the environment: the variables of each feature's functions."""

from dataclasses import dataclass

from shared.settings import from_environment


@dataclass(frozen=True)
class Catalogue:
    """Images are served at their keys under `images_url`."""

    products_table: str
    idempotency_table: str
    cursor_key: str
    currency: str
    images_url: str


@dataclass(frozen=True)
class ProductEvents:
    """`stock_low_at` counts pieces."""

    event_bus_name: str
    stock_low_at: str


@dataclass(frozen=True)
class Images:
    products_table: str
    images_bucket: str


@dataclass(frozen=True)
class Search:
    """`search_url` names the engine: https:, file: or none:."""

    search_url: str


@dataclass(frozen=True)
class Indexing:
    """`search_url` names the engine: https: or file:."""

    search_url: str
    products_table: str
    dead_letters_queue_url: str


@dataclass(frozen=True)
class Carts:
    carts_table: str


def read[T](settings: type[T]) -> T:
    """Raises MissingSettings, which names every variable that is absent or empty."""
    return from_environment(settings)
