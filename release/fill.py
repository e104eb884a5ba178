"""python3.13 -m release.fill SECTION STACK, for example: python3.13 -m release.fill commerce-dev almoner-dev

Sets the parameters that a context takes from the platform, in a section of samconfig.toml, to the outputs of a deployed
stack with the same names. Needs nothing but the SAM CLI.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

FROM_THE_PLATFORM = (
    "SharedLayer",
    "OpenSearchLayer",
    "PaymentsLayer",
    "PicturesLayer",
    "PostgresLayer",
    "UserPoolArn",
    "UserPoolId",
    "TokenIssuer",
    "TokenClientId",
    "EventBusName",
    "AlertsTopic",
    "ApplicationKey",
    "CursorKey",
    "Model",
    "ModelProfile",
)


def filled(config: str, section: str, template: str, outputs: Mapping[str, str]) -> str:
    """The text of samconfig.toml with those of FROM_THE_PLATFORM set that the template refers to."""
    names = [name for name in FROM_THE_PLATFORM if re.search(rf"!Ref {name}\b|\$\{{{name}}}", template)]
    if missing := [name for name in names if name not in outputs]:
        raise ValueError(f"The stack has no outputs {', '.join(missing)}: deploy the platform's current template")
    header = rf"^\[{re.escape(section)}\.global\.parameters\]\n(?:(?!\[).*\n)*?parameter_overrides = \[\n"
    found = re.search(rf"{header}(?P<lines>(?:    .*\n)*)\]", config, re.MULTILINE)
    if not found:
        raise ValueError(f"samconfig.toml has no parameters of {section}")
    own = [
        line for line in found["lines"].splitlines() if line.strip().strip('"').split("=")[0] not in FROM_THE_PLATFORM
    ]
    lines = own + [f'    "{name}={outputs[name]}",' for name in names]
    return config[: found.start("lines")] + "\n".join(lines) + "\n" + config[found.end("lines") :]


def _outputs(stack: str, section: str) -> dict[str, str]:
    call = ["sam", "list", "stack-outputs", "--stack-name", stack, "--output", "json", "--config-env", section]
    listed = subprocess.run(call, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603  the caller's names
    if listed.returncode:
        sys.exit(listed.returncode)
    return {output["OutputKey"]: output["OutputValue"] for output in json.loads(listed.stdout)}


def main() -> None:
    match sys.argv[1:]:
        case [section, stack]:
            file = ROOT / "samconfig.toml"
            template = (ROOT / section.rpartition("-")[0] / "template.yaml").read_text()
            try:
                file.write_text(filled(file.read_text(), section, template, _outputs(stack, section)))
            except ValueError as problem:
                sys.exit(str(problem))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
