"""Reads a context's settings from the environment, and says by name what is missing."""

import os
from collections.abc import Mapping


class MissingSettings(RuntimeError):
    """The function was deployed without variables that it needs."""


class Settings:
    """Strings of the environment: a subclass's attribute `users_table` is the variable USERS_TABLE.

    Raises MissingSettings, naming every variable that is absent or empty.
    """

    # not dataclasses: a context has twenty of them, and each would cost a cold start 0.3 ms
    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        variables = {name: name.upper() for name in type(self).__annotations__}
        missing = sorted(variable for variable in variables.values() if not environment.get(variable))
        if missing:
            raise MissingSettings(f"missing environment variables: {', '.join(missing)}")
        vars(self).update({name: environment[variable] for name, variable in variables.items()})
