"""Records: pynamodb models over the function's one connection, with every failure under its name.

A write whose fate is unknown, because its answer was lost, is sent again only where a second time changes nothing:
never one that counts. If it is refused then, whether it was done remains unknown, and the caller hears Unavailable.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from copy import deepcopy
from functools import cache
from itertools import batched, islice
from typing import Any, Self, cast

from botocore.exceptions import ClientError
from pynamodb.attributes import Attribute
from pynamodb.connection import Connection
from pynamodb.connection.base import MetaTable
from pynamodb.connection.table import TableConnection
from pynamodb.constants import (
    ALL_NEW,
    ALL_OLD,
    ATTR_DEFINITIONS,
    ATTRIBUTES,
    BATCH_GET_PAGE_LIMIT,
    BATCH_WRITE_PAGE_LIMIT,
    DELETE_ITEM,
    GLOBAL_SECONDARY_INDEXES,
    ITEM,
    ITEMS,
    KEYS,
    LOCAL_SECONDARY_INDEXES,
    NULL,
    NUMBER,
    PUT_ITEM,
    PUT_REQUEST,
    RESPONSES,
    RETURN_VALUES,
    UNPROCESSED_ITEMS,
    UNPROCESSED_KEYS,
    UPDATE_ITEM,
)
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path, Value, _IfNotExists
from pynamodb.expressions.update import Action, AddAction, SetAction
from pynamodb.indexes import Index
from pynamodb.models import Model

from shared.aws.failures import code, is_of_a_repetition
from shared.aws.repetition import sent_once
from shared.dynamodb.connection import (
    connection,
    original,
    translated_failures,
)
from shared.dynamodb.paths import LiteralPath
from shared.errors import Unavailable
from shared.resilience.backoff import Backoff

type Image = Mapping[str, Any]
"""An item in DynamoDB's own notation, {"name": {"S": "value"}}, as streams have it."""

_ATTEMPTS = 6  # to read or write what DynamoDB had no capacity for
_ATTEMPTS_BETWEEN_TRANSACTIONS = 20  # to write what others' transactions hold: up to 8 s, 4 on average


class ConditionFailed(Exception):
    """Nothing was written. `item` is the one that was there, in DynamoDB's own notation; None where there was none."""

    def __init__(self, item: Image | None) -> None:
        super().__init__("the condition does not hold")
        self.item = item


class Record(Model):
    """An item of a table whose name is known when the function starts: `SupporterRecord.at(users_table)`.

    Every method raises Unavailable where DynamoDB is out of reach or too busy.
    """

    @classmethod
    @cache
    def at(cls, table_name: str) -> type[Self]:
        """The model of this table."""
        meta = type("Meta", (), {"table_name": table_name})
        body = {"Meta": meta, "__module__": cls.__module__, "__qualname__": cls.__qualname__}
        make: Any = type(cls)
        bound: type[Self] = make(cls.__name__, (cls,), body)
        bound._get_connection()  # threads only read from here on
        return bound

    @classmethod
    def of_image(cls, image: Image) -> Self:
        """The record of an image that anybody may have written, which stays as it is.

        Raises KeyError for an attribute that is missing, TypeError or ValueError for one of another type.
        """
        record = cls()
        record.from_dynamodb_dict(deepcopy(dict(image)))
        for name, attribute in cls.get_attributes().items():
            if not attribute.null and getattr(record, name) is None:
                raise KeyError(attribute.attr_name)
        return record

    @classmethod
    def find(
        cls,
        hash_key: Any,
        range_key: Any = None,
        *,
        consistent: bool = True,
        attributes: Sequence[Attribute[Any]] | None = None,
    ) -> Self | None:
        """One item, or of it these attributes only: one GetItem."""
        wanted = list(attributes) if attributes else None
        key, range_ = cls._serialize_keys(hash_key, range_key)
        with translated_failures():
            # not `get`, for which an item that has none of the attributes does not exist
            answer = cls._get_connection().get_item(key, range_, consistent_read=consistent, attributes_to_get=wanted)
        return cls.from_raw_data(answer[ITEM]) if ITEM in answer else None

    @classmethod
    def find_many(cls, keys: Sequence[Any], *, consistent: bool = True) -> list[Self]:
        """Those of the items that exist, in the order of their keys; one round trip for each hundred.

        A key is a hash key, or a tuple of hash and range key.
        """
        return [cls.from_raw_data(dict(image)) for image in cls.find_images(keys, consistent=consistent)]

    @classmethod
    def find_images(cls, keys: Sequence[Any], *, consistent: bool = True) -> list[Image]:
        """As `find_many`, for those who cannot rely on what the items hold."""
        wanted = [cls._serialized_key(key) for key in keys]
        names, found = cls._key_names(), dict[tuple[str, ...], Image]()
        for batch in batched(dict.fromkeys(wanted), BATCH_GET_PAGE_LIMIT, strict=False):
            for item in cls._batch(batch, consistent=consistent):
                found[tuple(str(next(iter(item[name].values()))) for name in names)] = item
        return [found[key] for key in wanted if key in found]

    @property
    def key_values(self) -> tuple[Any, Any]:
        """The values of hash and range key; None for the range key that a table does not have."""
        values = self.attribute_values
        return values[str(self._hash_keyname)], values[self._range_keyname] if self._range_keyname else None

    def put(self, condition: Condition | None = None) -> None:
        """Write the item, in the place of the one with its key. Raises ConditionFailed."""
        self._write(PUT_ITEM, self.get_save_kwargs_from_instance(condition, _old(condition)), repeatable=True)

    def change(self, *actions: Action, condition: Condition | None = None, at_most_once: bool = False) -> Self:
        """Update the item of this record's key, or make it; the item as it is then. Raises ConditionFailed.

        `at_most_once`: the condition does not hold any more once the change is made, so it is safe to send again.
        """
        arguments = self.get_update_kwargs_from_instance(without_nulls(actions), condition, _old(condition))
        repeatable = at_most_once or not any(map(counts, actions))
        answer = self._write(UPDATE_ITEM, arguments | {RETURN_VALUES: ALL_NEW}, repeatable=repeatable)
        return self.from_raw_data(answer[ATTRIBUTES])

    def remove(self, condition: Condition | None = None) -> None:
        """Delete the item of this record's key, which need not exist. Raises ConditionFailed."""
        self._write(DELETE_ITEM, self.get_delete_kwargs_from_instance(condition, _old(condition)), repeatable=True)

    @classmethod
    def _write(cls, operation: str, arguments: dict[str, Any], *, repeatable: bool) -> dict[str, Any]:
        attempts = _attempts(_ATTEMPTS_BETWEEN_TRANSACTIONS)
        written = (cls._written(operation, arguments, repeatable=repeatable) for _ in attempts)
        return next(answer for answer in written if answer is not None)

    @classmethod
    def _written(cls, operation: str, arguments: dict[str, Any], *, repeatable: bool) -> dict[str, Any] | None:
        """None where nothing was written, as the item is in a transaction of somebody else's, which is about to end."""
        with translated_failures(), nullcontext() if repeatable else sent_once():
            try:
                answer: dict[str, Any] = connection().dispatch(operation, arguments)
                return answer
            except ClientError as error:
                refusal: Any = original(error)
                if code(refusal) == "TransactionConflictException":
                    return None
                if code(refusal) != "ConditionalCheckFailedException":
                    raise
                if is_of_a_repetition(refusal):
                    raise Unavailable("The data store did not say what it did; look, and try again.", 2) from error
                raise ConditionFailed(refusal.response.get("Item")) from error

    @classmethod
    def _batch(cls, keys: Iterable[tuple[str, ...]], *, consistent: bool) -> Iterator[dict[str, Any]]:
        names = cls._key_names()
        left: Any = [dict(zip(names, key, strict=True)) for key in keys]
        for _ in _attempts():
            with translated_failures():
                answer = cls._get_connection().batch_get_item(left, consistent_read=consistent)
            yield from answer[RESPONSES].get(cls.Meta.table_name, ())
            left = answer.get(UNPROCESSED_KEYS, {}).get(cls.Meta.table_name, {}).get(KEYS)
            if not left:
                return

    @classmethod
    def _key_names(cls) -> list[str]:
        attributes = cls.get_attributes()
        return [attributes[name].attr_name for name in (cls._hash_keyname, cls._range_keyname) if name]

    @classmethod
    def _serialized_key(cls, key: Any) -> tuple[str, ...]:
        parts = cls._serialize_keys(*key) if isinstance(key, tuple) else cls._serialize_keys(key)
        return tuple(part for part in parts if part is not None)

    @classmethod
    def _get_connection(cls) -> TableConnection:
        """pynamodb makes a connection for each model: this one, private to it, is where all get the same."""
        table = super()._get_connection()
        shared = connection()
        if table.connection is not shared:
            _add_schema(shared, table.get_meta_table())
            table.connection = shared
        return table


def _add_schema(shared: Connection, schema: MetaTable) -> None:
    """Models may share a table: all know its key, but not each of them all of its indexes."""
    registered = shared._tables.setdefault(schema.table_name, schema)
    for part in (ATTR_DEFINITIONS, GLOBAL_SECONDARY_INDEXES, LOCAL_SECONDARY_INDEXES):
        registered.data[part] = [
            *registered.data[part],
            *(each for each in schema.data[part] if each not in registered.data[part]),
        ]


def select[R: Record](
    source: type[R] | Index[R],
    hash_key: Any,
    range_condition: Condition | None = None,
    *,
    newest_first: bool = False,
    limit: int | None = None,
    where: Condition | None = None,
    attributes: Sequence[Attribute[Any]] | None = None,
    consistent: bool | None = None,
) -> list[R]:
    """The items of a key, or of a range of keys, of a table or an index, in their order, at most `limit`.

    Of each, all attributes or only these. Pages are followed. Consistent unless an index is read; a local index can be
    read consistently too. `where` filters what has been read, and paid for, already.
    """
    wanted: Any = list(attributes) if attributes else None
    with translated_failures():
        found: Any = source.query(
            hash_key,
            range_condition,
            where,
            consistent_read=not isinstance(source, Index) if consistent is None else consistent,
            scan_index_forward=not newest_first,
            limit=limit if where is None else None,  # DynamoDB counts what it has read, not what passed the filter
            attributes_to_get=wanted,
        )
        records: list[R] = []
        for record in islice(found, limit):
            records.append(record)
            if limit is not None and where is None:
                found.page_iter.page_size = limit - len(records)  # the next page needs to have no more
        return records


def select_page[R: Record](
    source: type[R],
    hash_key: Any,
    range_condition: Condition | None = None,
    *,
    size: int,
    newest_first: bool = False,
    where: Condition | None = None,
) -> tuple[list[R], Any]:
    """Of the items of a key, one consistent Query, which looks at `size` of them and 1 MB at most.

    Those that pass `where`, and the range key of the last one that was looked at: None where there are no others.
    """
    with translated_failures():
        found: Any = source.query(
            hash_key, range_condition, where, consistent_read=True, scan_index_forward=not newest_first, page_size=size
        )
        page = next(found.page_iter)
    last = found.page_iter.last_evaluated_key
    records = [source.from_raw_data(item) for item in page[ITEMS]]
    return records, source.from_raw_data(last).key_values[1] if last else None


def put_many[R: Record](model: type[R], records: Iterable[R]) -> None:
    """Write items without conditions, and not all or none: for filling a table."""
    table = model._get_connection()
    for batch in batched(records, BATCH_WRITE_PAGE_LIMIT, strict=False):
        left: Any = [record.serialize() for record in batch]
        for _ in _attempts():
            with translated_failures():
                answer = table.batch_write_item(put_items=left)
            refused = answer.get(UNPROCESSED_ITEMS, {}).get(model.Meta.table_name, ())
            left = [request[PUT_REQUEST][ITEM] for request in refused]
            if not left:
                break


def without_nulls(actions: Iterable[Action]) -> list[Action]:
    """Setting an attribute to None removes it, as a put leaves it out. Raises ValueError for no actions."""
    wanted = [_path(action).remove() if _sets_null(action) else action for action in actions]
    if not wanted:
        raise ValueError("an update has to change something")
    return wanted


def counts(action: Action) -> bool:
    """Whether made twice, the action changes more than once: a number that is added to, say, or made of another."""
    if isinstance(action, AddAction):
        return action.values[1].attr_type == NUMBER
    path = _path(action)
    return _is_element(path) or (isinstance(action, SetAction) and not _is_fixed(path, action.values[1]))


def attribute(name: str) -> Path:
    """An attribute whose name is made at run time, dots and brackets and all."""
    return LiteralPath([name])


def _attempts(times: int = _ATTEMPTS) -> Iterator[int]:
    """To do what could not be done, each a little later than the one before. Raises Unavailable after the last."""
    backoff = Backoff(0.05, 0.5)
    for attempt in range(times):
        if attempt:
            backoff.pause()
        yield attempt
    raise Unavailable("The data store is busy; try again.", retry_after_seconds=2)


def _path(action: Action) -> Path:
    return cast("Path", action.values[0])  # so begins every kind of action


def _is_element(path: Path) -> bool:
    """Of a list: others take the place of one that is removed, and one that is set beyond the end is added there."""
    last: str | int = path.path[-1]
    return isinstance(last, int) or (not isinstance(path, LiteralPath) and last.endswith("]"))


def _is_fixed(path: Path, value: Any) -> bool:
    """Whether what is set is the same the second time."""
    if isinstance(value, _IfNotExists):
        of, otherwise = value.values
        return bool(of.path == path.path and isinstance(otherwise, Value))
    return isinstance(value, Value)


def _sets_null(action: Action) -> bool:
    return isinstance(action, SetAction) and action.values[1].attr_type == NULL


def _old(condition: Condition | None) -> str | None:
    return None if condition is None else ALL_OLD
