"""Saving a file shows: code at the next request, everything else after a deployment."""

from collections.abc import Callable
from pathlib import Path

from watchfiles import PythonFilter, watch

from local.progress import complain, note
from local.services import forget_warm_functions
from local.workspace import ROOT, CannotContinue, Workspace

_CODE = ("layers/shared/src", "identity/src", "personalization/src", "commerce/src")


def watch_sources(workspace: Workspace, deploy: Callable[[Workspace], None]) -> None:
    """Until interrupted. A mistake is said, and the watch goes on."""
    code = [ROOT / folder for folder in _CODE]
    note("watching: code is fresh at the next request, templates are deployed. Ctrl-C ends it.")
    for changes in watch(ROOT, watch_filter=_Sources(), debounce=200, step=50):
        files = [Path(path) for _, path in changes]
        try:
            if all(any(file.is_relative_to(folder) for folder in code) for file in files):
                forget_warm_functions(workspace)
                note(f"fresh: {', '.join(sorted(str(file.relative_to(ROOT)) for file in files))}")
            else:
                deploy(workspace)
        except CannotContinue as problem:
            complain(str(problem))


class _Sources(PythonFilter):
    """Python files of the deployed packages, templates and what they are built of."""

    def __init__(self) -> None:
        super().__init__(extra_extensions=("template.yaml", "samconfig.toml", "requirements.txt"))

    def __call__(self, change: object, path: str) -> bool:
        relative = Path(path).relative_to(ROOT)
        deployed = relative.parts[0] not in {".local", ".venv", ".git", "tests", "docs", "local", "benchmarks"}
        return deployed and super().__call__(change, path)  # type: ignore[arg-type]  # watchfiles' own Change
