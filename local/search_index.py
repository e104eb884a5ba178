"""The shop's search index on this machine: a folder outside the local AWS, so either may be lost without the other."""

from pathlib import Path
from typing import Any

from local import deployment, services
from local.workspace import CannotContinue, Workspace


def is_readable(folder: Path) -> bool:
    """Whether there is an index that this release can read."""
    from commerce.search.adapters.tantivy.folder import IndexFolder
    from shared.errors import Unavailable

    try:
        IndexFolder(folder).index()
    except Unavailable:
        return False
    return True


def rebuild(here: Workspace, *, verify: bool) -> dict[str, Any]:
    """Rebuild it, or compare it with the catalogue and repair it; returns the report. Raises CannotContinue."""
    if services.emulator(here).pid is None:
        raise CannotContinue("The platform is down. Start it first: make up")
    function = deployment.deployed_functions(here)["Commerce/Search/RebuildSearchFunction"]
    report: dict[str, Any] = deployment.invoke(here, function, {"verify": verify})
    return report
