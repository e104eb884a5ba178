"""What reads a whole table, or a whole index."""

from collections.abc import Iterator
from typing import Any

from pynamodb.constants import (
    COUNT,
    EXCLUSIVE_START_KEY,
    EXPRESSION_ATTRIBUTE_NAMES,
    EXPRESSION_ATTRIBUTE_VALUES,
    FILTER_EXPRESSION,
    INDEX_NAME,
    LAST_EVALUATED_KEY,
    SCAN,
    SELECT,
    TABLE_NAME,
)
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import Index

from shared.dynamodb.connection import connection, readers, translated_failures
from shared.dynamodb.records import Image, Record


def count[R: Record](index: Index[R], where: Condition) -> int:
    """How many items of the index meet the condition, as it was a moment ago.

    It reads, and is charged for, the whole index; only the number travels.
    """
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    arguments = {
        TABLE_NAME: index._model.Meta.table_name,
        INDEX_NAME: index.Meta.index_name,
        SELECT: COUNT,
        FILTER_EXPRESSION: where.serialize(names, values),
        EXPRESSION_ATTRIBUTE_NAMES: {placeholder: name for name, placeholder in names.items()},
        EXPRESSION_ATTRIBUTE_VALUES: values,
    }
    found = 0
    while True:
        with translated_failures():
            page: dict[str, Any] = connection().dispatch(SCAN, arguments)
        found += int(page["Count"])
        if LAST_EVALUATED_KEY not in page:
            return found
        arguments[EXCLUSIVE_START_KEY] = page[LAST_EVALUATED_KEY]


def scan(model: type[Record], *, segments: int = 1) -> Iterator[Image]:
    """Every item, in no order, consistently; a page of each segment is read at the same time, and held.

    It reads, and is charged for, the whole table: for maintenance, never while somebody waits.
    """

    def page(segment: int) -> list[Image] | None:
        with translated_failures():
            read = next(pages[segment], None)
        return None if read is None else list(read["Items"])

    pages = {
        segment: model.scan(segment=segment, total_segments=segments, consistent_read=True).page_iter
        for segment in range(segments)
    }
    while pages:
        read = dict(zip(pages, readers().map(page, pages), strict=True))
        for segment, items in read.items():
            if items is None:
                del pages[segment]
            else:
                yield from items
