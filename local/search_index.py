"""The shop's search index on this machine: a folder of its own, which outlives the local AWS or goes without it."""

from pathlib import Path
from typing import Any

from local import deployment, services
from local.workspace import CannotContinue, Workspace


def can_be_read(folder: Path) -> bool:
    """Whether there is an index, made by this release."""
    from commerce.search.adapters.tantivy.folder import IndexFolder
    from shared.errors import Unavailable

    try:
        IndexFolder(folder).index()
    except Unavailable:
        return False
    return True


def rebuild(here: Workspace, *, verify: bool) -> dict[str, Any]:
    """Make it anew, or compare it with the catalogue and repair it; the report by names. Raises CannotContinue."""
    if services.emulator(here).pid is None:
        raise CannotContinue("The platform is down: `make up`, then again.")
    function = deployment.deployed_functions(here)["Commerce/Search/RebuildSearchFunction"]
    report: dict[str, Any] = deployment.invoked(here, function, {"verify": verify})
    return report
