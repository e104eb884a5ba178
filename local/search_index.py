"""The shop's search index on this machine: outside the local AWS, so either may be lost without the other."""

from typing import Any

from local import deployment, services
from local.workspace import CannotContinue, Workspace


def is_readable(url: str) -> bool:
    """Whether there is an index that this release can read, and has analyzed."""
    from commerce.search.adapters.search_engines import finder_at, index_at
    from commerce.search.domain.finding import Query
    from shared.errors import Unavailable

    try:
        finder_at(url).find(Query())
        return not index_at(url).is_outdated()
    except Unavailable:
        return False


def rebuild(here: Workspace, *, verify: bool) -> dict[str, Any]:
    """Rebuild it, or compare it with the catalogue and repair it; returns the report. Raises CannotContinue."""
    if services.emulator(here).pid is None:
        raise CannotContinue("The platform is down. Start it first: make up")
    function = deployment.deployed_functions(here)["Commerce/Backend/Search/RebuildSearchFunction"]
    report: dict[str, Any] = deployment.invoke(here, function, {"verify": verify})
    return report
