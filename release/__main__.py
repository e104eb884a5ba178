"""python -m release deploy ENVIRONMENT [OPTION…]    sam deploy, with the environment's parameters and digests
python -m release parameters ENVIRONMENT           shows these parameters
python -m release translate FOLDER                 writes what SAM makes of every template
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from release.parameters import parameters
from release.project import ROOT
from release.translation import template_files, translated


def deploy(environment: str, *options: str) -> None:
    overrides = parameters(environment)
    given = [*_of_bootstrap(os.environ), *options]
    os.execvp("sam", ["sam", "deploy", "--config-env", environment, *given, "--parameter-overrides", *overrides])


def _of_bootstrap(variables: Mapping[str, str]) -> list[str]:
    """The bucket and the role of `make bootstrap`; without them, SAM's own bucket and the caller's rights."""
    bucket, role = variables.get("ARTIFACT_BUCKET"), variables.get("CLOUDFORMATION_ROLE_ARN")
    return [
        *(["--no-resolve-s3", "--s3-bucket", bucket] if bucket else []),
        *(["--role-arn", role] if role else []),
    ]


def show(environment: str) -> None:
    print("\n".join(parameters(environment)))


def translate(folder: str) -> None:
    for file in template_files():
        target = Path(folder) / file.relative_to(ROOT).with_suffix(".json")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(translated(file), indent=1))


def main() -> None:
    commands = {"deploy": deploy, "parameters": show, "translate": translate}
    match sys.argv[1:]:
        case [command, argument, *options] if command in commands and (command == "deploy" or not options):
            commands[command](argument, *options)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
