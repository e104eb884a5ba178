"""A handler that is added to a function's code in a container, and reports which modules the code can import."""

import sys
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pkgutil import walk_packages
from typing import Any

from shared.settings import MissingSettings


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Import all modules of a package except those that fail because one of `names` is missing.

    Returns the files of all loaded modules, and which of `names` are missing.
    """
    package = import_module(event["package"])
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        with suppress(MissingSettings):  # a module of a function with other variables: its imports went well
            try:
                import_module(module.name)
            except ModuleNotFoundError as error:
                if error.name not in event["names"]:
                    raise
    loaded = {name: getattr(module, "__file__", None) for name, module in sys.modules.items() if "." not in name}
    return {"loaded": loaded, "missing": [name for name in event["names"] if find_spec(name) is None]}
