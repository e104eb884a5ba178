"""Applies saved changes: code with the next request, everything else by a deployment."""

from collections.abc import Callable
from pathlib import Path

from watchfiles import Change, PythonFilter, watch

from local.progress import note, report_error
from local.services import reload_functions
from local.workspace import ROOT, CannotContinue, Workspace

_CODE = (
    "layers/shared/src",
    "identity/src",
    "personalization/src",
    "commerce/src",
    "communications/src",
    "knowledge_base/src",
)
_DEPLOYED = {
    "template.yaml",
    "samconfig.toml",
    "gateway",
    "layers",
    "identity",
    "personalization",
    "commerce",
    "communications",
    "knowledge_base",
}
"""Where everything that is deployed lies, in the root folder."""


def watch_sources(workspace: Workspace, deploy: Callable[[Workspace], None]) -> None:
    """Run until interrupted; errors are printed and do not stop it."""
    code = [ROOT / folder for folder in _CODE]
    note("watching: the next request uses changed code; changed templates are deployed. Ctrl-C stops it.")
    for changes in watch(ROOT, watch_filter=Sources(), debounce=200, step=50):
        files = [Path(path) for _, path in changes]
        try:
            if all(any(file.is_relative_to(folder) for folder in code) for file in files):
                reload_functions(workspace)
                note(f"reloaded: {', '.join(sorted(str(file.relative_to(ROOT)) for file in files))}")
            else:
                deploy(workspace)
        except CannotContinue as problem:
            report_error(str(problem))


class Sources(PythonFilter):
    """The code of deployed packages, all templates, and what else they are built from."""

    def __init__(self) -> None:
        super().__init__(extra_extensions=(".yaml", "samconfig.toml", "requirements.txt", "Makefile", ".mk"))

    def __call__(self, change: Change, path: str) -> bool:
        folder = Path(path).relative_to(ROOT).parts[0]
        return folder in _DEPLOYED and super().__call__(change, path)
