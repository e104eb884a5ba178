"""Text of a form that a schema describes to programs, and words describe to people."""

from collections.abc import Iterable
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Form:
    """Annotates text that a pattern without alternatives matches as a whole. `words` complete "must be …".

    Limits of its length stand before it: `Annotated[str, Field(max_length=35), Form(…)]`.
    """

    def __init__(self, pattern: str, words: str) -> None:
        self._pattern, self._words = pattern, words

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text: Any = handler(source)  # with the limits that stand before it
        text.update(strict=True, pattern=f"^{self._pattern}$")
        return core_schema.custom_error_schema(text, "form", custom_error_message=f"must be {self._words}")


class Either:
    """Annotates a value of one of several types: one error names all of them. `words` complete "must be …"."""

    def __init__(self, words: str) -> None:
        self._words = words

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        message = f"must be {self._words}"
        return core_schema.custom_error_schema(handler(source), "either", custom_error_message=message)


class Code:
    """Annotates text that is one of many codes, more than an error can list. `words` complete "must be …"."""

    def __init__(self, codes: Iterable[str], words: str) -> None:
        self._codes, self._words = sorted(codes), words

    def __get_pydantic_core_schema__(self, *_: Any) -> CoreSchema:
        codes = core_schema.literal_schema(list(self._codes))
        return core_schema.custom_error_schema(codes, "code", custom_error_message=f"must be {self._words}")
