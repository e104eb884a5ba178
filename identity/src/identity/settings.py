"""The only place of this context that reads the environment: the variables of each feature's functions."""

from shared.settings import Settings


class Events(Settings):
    event_bus_name: str


class AccessEnds(Settings):
    access_ends_table: str


class UserPool(Settings):
    user_pool_id: str


class CursorKey(Settings):
    cursor_key: str
