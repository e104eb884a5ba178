"""The only place of this context that reads the environment."""

from dataclasses import dataclass

from shared.settings import from_environment, read_at_start


@dataclass(frozen=True)
class Settings:
    event_bus_name: str


@read_at_start
def settings() -> Settings:
    return from_environment(Settings)
