"""The only place of this context that reads the environment: the variables of each feature's functions."""

from shared.settings import Settings


class Catalogue(Settings):
    """Images are served at their keys under `images_url`."""

    products_table: str
    idempotency_table: str
    cursor_key: str
    currency: str
    images_url: str


class AccessEnds(Settings):
    access_ends_table: str


class ProductEvents(Settings):
    """`stock_low_at` counts pieces."""

    event_bus_name: str
    stock_low_at: str


class Images(Settings):
    products_table: str
    images_bucket: str


class Search(Settings):
    """`search_url` names the engine: https:, file: or none:."""

    search_url: str


class Indexing(Settings):
    """`search_url` names the engine: https: or file:."""

    search_url: str
    products_table: str
    dead_letters_queue_url: str


class Carts(Settings):
    carts_table: str
