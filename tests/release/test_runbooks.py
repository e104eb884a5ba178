"""Runbooks reach what they name: `resource Commerce Backend Search DeadLetters` is a queue of a stack within stacks."""

import re
from collections.abc import Iterator

import pytest

from release.project import ROOT
from tests.release.rendering import ROOT_STACK, Stack

_PATH = re.compile(r'\$\(resource ((?:"?\$?[A-Za-z]+"? ?)+)\)')
_CONTEXTS = re.compile(r"CONTEXT=(\w+)(?:  # or ([\w, ]+))?")
_ROOT = Stack(ROOT_STACK, ROOT / "template.yaml")


def paths() -> Iterator[tuple[str, str]]:
    for file in sorted((ROOT / "docs/runbooks").glob("*.md")):
        text = file.read_text()
        assert "$(resource" not in _PATH.sub("", text), f"{file.name}: write resource Context Stack Name"
        named = _CONTEXTS.search(text)
        contexts = [named[1], *re.findall(r"\w+", named[2] or "")] if named else []
        for path in _PATH.findall(text):
            if '"$CONTEXT"' in path:
                yield from ((file.stem, path.replace('"$CONTEXT"', context)) for context in contexts)
            else:
                yield file.stem, path


@pytest.mark.parametrize(("runbook", "path"), sorted(set(paths())))
def test_resource_of_a_runbook_is_there(runbook: str, path: str) -> None:
    *stacks, name = path.split()
    stack = _ROOT
    for nested in stacks:
        assert nested in stack.locations, f"{runbook}: there is no stack {nested} in {stack.file.relative_to(ROOT)}"
        stack = stack.child(nested)
    assert name in stack.template["Resources"], f"{runbook}: there is no {name} in {stack.file.relative_to(ROOT)}"
