"""Regular expressions by RE2, which match in linear time, whatever the expression."""

from functools import lru_cache
from typing import Any

import re2

from shared.text.characters import clipped

_MAX_BYTES = 1024 * 1024  # of a compiled expression: (a{1000}){1000} is refused


class LinearPatterns:
    def error(self, pattern: str) -> str | None:
        """RE2's own message. It supports neither lookarounds nor backreferences."""
        try:
            _compiled(pattern)
        except re2.error as error:
            message = error.args[0] if error.args else ""
            why = message.decode() if isinstance(message, bytes) else message
            return f"must be a regular expression of RE2: {clipped(why)}"
        return None

    def matches(self, pattern: str, text: str) -> bool:
        return _compiled(pattern).search(text) is not None


@lru_cache(100)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_BYTES
    return re2.compile(pattern, options)
