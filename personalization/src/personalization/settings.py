"""The only place of this context that reads the environment."""

from dataclasses import dataclass
from functools import cache

from shared.settings import from_environment


@dataclass(frozen=True)
class Settings:
    users_table: str
    donations_table: str
    context_table: str
    cursor_key: str


@cache
def settings() -> Settings:
    return from_environment(Settings)
