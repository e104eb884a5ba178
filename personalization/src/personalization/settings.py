"""The only place of this context that reads the environment."""

from dataclasses import dataclass

from shared.settings import from_environment, read_at_start


@dataclass(frozen=True)
class Settings:
    users_table: str
    donations_table: str
    context_table: str
    sessions_table: str
    interactions_table: str
    content_table: str
    idempotency_table: str
    cursor_key: str
    model_id: str
    model_max_tokens: str
    model_temperature: str


@read_at_start
def settings() -> Settings:
    return from_environment(Settings)
