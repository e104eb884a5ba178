"""The fork server preloads the third-party modules that functions import."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from local.workspace import ROOT

OURS = {"shared", "identity", "personalization", "commerce", "communications"}
LEFT_OUT = {"aws_xray_sdk"}
"""For the reasons in MODULES' docstring."""


def test_what_functions_import_from_third_parties_is_preloaded() -> None:
    wanted = {name for source in sources() for name in imported(source)}
    missing = wanted - preloaded()
    assert not missing, "add them to MODULES in local/emulator/preloading.py, or every cold worker imports them itself"
    assert {"pydantic", "boto3"} <= wanted


def sources() -> Iterator[Path]:
    for name in OURS:
        folder = ROOT / ("layers/shared" if name == "shared" else name) / "src"
        yield from folder.rglob("*.py")


def imported(source: Path) -> Iterator[str]:
    """The third-party modules that a file imports anywhere, except for type checking."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        else:
            continue
        for name in names:
            package = name.partition(".")[0]
            if package not in OURS | LEFT_OUT | sys.stdlib_module_names and not package.startswith("mypy_boto3"):
                yield name


def preloaded() -> set[str]:
    script = (
        "import json, sys; from local.emulator.preloading import preload\n"
        "preload(); print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True)  # noqa: S603
    return set(json.loads(done.stdout))
