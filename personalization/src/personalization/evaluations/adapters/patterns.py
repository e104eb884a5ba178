"""Regular expressions by RE2: matching takes time in proportion to the text, whatever the expression is."""

from functools import lru_cache
from typing import Any

import re2

_MOST_BYTES = 1024 * 1024  # of a compiled expression: (a{1000}){1000} has no place


class LinearPatterns:
    def refusal(self, pattern: str) -> str | None:
        """RE2's own words; it knows neither looking around nor references back."""
        try:
            _compiled(pattern)
        except re2.error as error:
            told = error.args[0] if error.args else ""
            return f"is no regular expression of RE2: {told.decode() if isinstance(told, bytes) else told}"
        return None

    def is_in(self, pattern: str, text: str) -> bool:
        return _compiled(pattern).search(text) is not None


@lru_cache(100)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_BYTES
    return re2.compile(pattern, options)
