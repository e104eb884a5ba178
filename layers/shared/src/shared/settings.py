"""Reads a context's settings from the environment, once, and says by name what is missing."""

import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import _lru_cache_wrapper, cache


class MissingSettings(RuntimeError):
    """The function was deployed without variables that it needs."""


def from_environment[T](settings: type[T], environment: Mapping[str, str] = os.environ) -> T:
    """Fill a dataclass of strings from the variables named like its fields, in upper case.

    Raises MissingSettings, naming every variable that is absent or empty.
    """
    variables = {field.name: field.name.upper() for field in fields(settings)}  # type: ignore[arg-type]  # T is a dataclass
    missing = sorted(variable for variable in variables.values() if not environment.get(variable))
    if missing:
        raise MissingSettings(f"missing environment variables: {', '.join(missing)}")
    return settings(**{name: environment[variable] for name, variable in variables.items()})


def read_at_start[T](read: Callable[[], T]) -> "_lru_cache_wrapper[T]":
    """Cache what `read` returns; in a Lambda function, read it while the module loads.

    A function deployed without its settings then fails at its start, and not at some later request.
    """
    cached = cache(read)
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        cached()
    return cached
