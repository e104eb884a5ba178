"""Changes that take part in a transaction which somebody else commits."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.dynamodb.transactions import Transaction

type Write = Callable[["Transaction"], None]
