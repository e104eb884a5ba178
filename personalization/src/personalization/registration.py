"""The composition root of what a sign-up starts: it knows the supporters' table, and nothing else."""

from dataclasses import dataclass
from functools import cache

from personalization.domain.supporter import Supporters
from shared.settings import from_environment, read_at_start


@dataclass(frozen=True)
class Settings:
    users_table: str


@read_at_start
def settings() -> Settings:
    return from_environment(Settings)


@cache
def supporters() -> Supporters:
    from personalization.adapters.dynamodb import DynamoSupporters

    return DynamoSupporters(settings().users_table)
