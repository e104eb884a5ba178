"""The only module of this context that reads the environment."""

from dataclasses import dataclass
from functools import cache

from shared.settings import from_environment


@dataclass(frozen=True)
class Settings:
    event_bus_name: str


@cache
def settings() -> Settings:
    """Raises MissingSettings, which names all missing variables."""
    return from_environment(Settings)
