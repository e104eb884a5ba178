"""python -m local.sam_local IMAGE NAME=URL…: build and configure the application for `sam local`; used by `run`.

The NAME=URL are variables for functions in containers, for example AWS_ENDPOINT_URL=http://10.88.0.1:4566
"""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from local.progress import report_error, step
from local.sam_local import application
from local.sam_local.deployed import environments
from local.workspace import DEFAULT_PORT, ROOT, CannotContinue, Workspace


def main() -> int:
    image, *named = sys.argv[1:]
    endpoints = dict(argument.split("=", 1) for argument in named)
    port = urlsplit(os.environ["AWS_ENDPOINT_URL"]).port or DEFAULT_PORT
    here = Workspace(ROOT / ".local/sam-local", port)
    deployed = Workspace(Path(os.environ["ALMONER_OUTPUTS"]).parent, port)
    try:
        with step("sam build"):
            variables = environments(deployed, endpoints)
            application.build(here, variables)
            application.write_options(here, variables, image)
    except CannotContinue as problem:
        report_error(str(problem))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
