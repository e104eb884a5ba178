"""Reads the tensors of an ONNX file, which is a protocol buffer: no more of both formats than our one file needs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

type Tensor = NDArray[Any]

_GRAPH, _INITIALIZER = 7, 5  # fields of ModelProto and GraphProto
_DIMS, _DATA_TYPE, _NAME, _RAW_DATA = 1, 2, 8, 9  # of TensorProto
_DTYPES = {1: "<f4", 3: "i1", 7: "<i8", 9: "?"}
_VARINT, _FIXED_64, _BYTES = 0, 1, 2


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The graph's initializers by name, in the order of the file. They share its memory."""
    graph = next(value for field, value in _fields(memoryview(path.read_bytes())) if field == _GRAPH)
    return dict(_tensor(value) for field, value in _fields(graph) if field == _INITIALIZER)


def _tensor(message: memoryview) -> tuple[str, Tensor]:
    dims: list[int] = []
    name, dtype, data = "", "", memoryview(b"")
    for field, value in _fields(message):
        if field == _DIMS:
            dims += [value] if isinstance(value, int) else _varints(value)
        elif field == _DATA_TYPE:
            dtype = _DTYPES[value]
        elif field == _NAME:
            name = bytes(value).decode()
        elif field == _RAW_DATA:
            data = value
    return name, np.frombuffer(data, dtype).reshape(dims)


def _fields(message: memoryview) -> Iterator[tuple[int, Any]]:
    """The numbers of fields and their values: int or memoryview."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        field, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, place = _varint(message, place)
            yield field, value
            continue
        if kind == _BYTES:
            size, place = _varint(message, place)
        else:
            size = 8 if kind == _FIXED_64 else 4
        yield field, message[place : place + size]
        place += size


def _varints(packed: memoryview) -> Iterator[int]:
    place = 0
    while place < len(packed):
        value, place = _varint(packed, place)
        yield value


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, place
