"""What a piece of code imports in an interpreter that sees only what the layers of a function carry."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from importlib.metadata import packages_distributions

from local.workspace import ROOT

# Ahead of the code: whatever is installed here and not in a layer cannot be found, as on AWS.
_HIDE = """
import json, sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {hidden!r}:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Hidden())
"""
_TELL = """
print(json.dumps({name: "site-packages" in str(getattr(module, "__file__", None) or getattr(module, "__path__", ""))
    for name, module in sys.modules.items() if name not in before}))
"""


@dataclass(frozen=True)
class Loaded:
    """`third_party` counts the modules of each package; `modules` are all, those of Python and our own included."""

    third_party: Counter[str]
    modules: frozenset[str]


def third_party_imports(code: str, environment: dict[str, str] | None = None) -> Counter[str]:
    """For each third-party package that the code loads, how many of its modules."""
    return imports(code, environment).third_party


def imports(
    code: str,
    environment: dict[str, str] | None = None,
    layers: Sequence[str] = ("shared",),
    besides: Collection[str] = (),
) -> Loaded:
    """What the code loads that a bare interpreter has not.

    It sees the packages of these folders of layers/, and those `besides` that a developer's machine has.
    """
    program = (
        _HIDE.format(hidden=sorted(_in_none_of(layers) - set(besides)))
        + "before = set(sys.modules)\n"
        + code
        + "\n"
        + _TELL
    )
    completed = subprocess.run(  # noqa: S603  our own interpreter and program
        [sys.executable, "-c", program],
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if completed.returncode:
        raise RuntimeError(completed.stderr)
    found: dict[str, bool] = json.loads(completed.stdout.splitlines()[-1])
    of_others = Counter(name.partition(".")[0] for name, is_of_others in found.items() if is_of_others)
    return Loaded(of_others, frozenset(found))


def _in_none_of(layers: Sequence[str]) -> set[str]:
    text = "".join((ROOT / "layers" / layer / "requirements.txt").read_text() for layer in layers)
    carried = {_normal(name) for name in re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*\])?==", text, re.MULTILINE)}
    carried |= {"shared", "identity", "personalization", "commerce", "communications"}
    return {
        module
        for module, distributions in packages_distributions().items()
        if module.isidentifier() and carried.isdisjoint(map(_normal, distributions))
    } - {"_distutils_hack"}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
