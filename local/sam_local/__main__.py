"""python -m local.sam_local IMAGE HOST: build and configure the application for `sam local`; `run` calls it.

HOST is the local AWS as containers see it: an address with a port, or a name for this machine.
"""

import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from local.progress import complain, step
from local.sam_local import application
from local.sam_local.deployed import environments
from local.workspace import ROOT, CannotContinue, Workspace


def main() -> int:
    image, host = sys.argv[1:]
    endpoint = urlsplit(json.loads(Path(os.environ["ALMONER_OUTPUTS"]).read_text())["endpoint"])
    here = Workspace(ROOT / ".local/sam-local", endpoint.port or 80)
    try:
        with step("sam build"):
            application.build(here)
        seen_from_containers = f"http://{host}" if ":" in host else f"http://{host}:{here.port}"
        application.configure(here, image, environments(here, seen_from_containers))
    except CannotContinue as problem:
        complain(str(problem))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
