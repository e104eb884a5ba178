"""Text of a form that a regular expression describes to programs, and words describe to people."""

from typing import Any

from pydantic_core import CoreSchema, core_schema


class Form:
    """Annotates text that the pattern matches as a whole. `words` complete "must be …"."""

    def __init__(self, pattern: str, words: str, *, max_length: int | None = None) -> None:
        self._pattern, self._words, self._max_length = pattern, words, max_length

    def __get_pydantic_core_schema__(self, *_: Any) -> CoreSchema:
        text = core_schema.str_schema(strict=True, pattern=f"^(?:{self._pattern})$", max_length=self._max_length)
        return core_schema.custom_error_schema(text, "form", custom_error_message=f"must be {self._words}")
