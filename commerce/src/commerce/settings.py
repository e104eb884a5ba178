"""The only place of this context that reads the environment."""

from dataclasses import dataclass

from shared.settings import from_environment, read_at_start


@dataclass(frozen=True)
class Settings:
    """Images are served at their keys under `images_url`. `search_url` names the engine: https:, file: or none:."""

    products_table: str
    carts_table: str
    idempotency_table: str
    cursor_key: str
    currency: str
    images_url: str
    search_url: str


@read_at_start
def settings() -> Settings:
    return from_environment(Settings)
