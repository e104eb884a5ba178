"""The node as a process: its program, and a node as the child process of a test."""

import os
from pathlib import Path

from local.opensearch.installation import install
from local.program import Child, Program
from local.workspace import HOST


def opensearch_program(folder: Path, port: int) -> Program:
    """A node that keeps its data in `folder`. It has to be installed before it starts."""
    settings = {"OPENSEARCH_FOLDER": str(folder), "OPENSEARCH_PORT": str(port)}
    ready = "/_cluster/health?wait_for_status=yellow&timeout=1s"
    return Program("opensearch", "local.opensearch.server", port, ready, os.environ | settings)


class OpenSearchProcess(Child):
    """A node that keeps its log and its data in `folder`."""

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(opensearch_program(folder, port), folder / "opensearch.log")
        self.url = f"http://{HOST}:{port}"

    def start(self) -> None:
        install()
        super().start()
