"""Deleting all items of a key."""

from collections.abc import Sequence
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import Index

from shared.dynamodb.connection import readers
from shared.dynamodb.records import Record, select


def remove_all[R: Record](
    source: type[R] | Index[R],
    hash_key: Any,
    attributes: Sequence[Attribute[Any]],
    *,
    where: Condition | None = None,
) -> list[R]:
    """Delete the items of a key, those that meet a condition; what was read of them: `attributes`, with the key.

    One delete each, some at the same time. May be repeated.
    """
    found = select(source, hash_key, attributes=attributes, where=where)
    list(readers().map(lambda record: record.remove(), found))
    return found
