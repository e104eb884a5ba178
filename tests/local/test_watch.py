"""Which saved files `make watch` takes for changes of what is deployed."""

import pytest
from watchfiles import Change

from local.watch import Sources
from local.workspace import ROOT
from release.translation import template_files


def is_watched(name: str) -> bool:
    return Sources()(Change.modified, str(ROOT / name))


def test_every_template_is_watched() -> None:
    names = [file.relative_to(ROOT).as_posix() for file in template_files()]
    assert {"template.yaml", "commerce/search.yaml"} < set(names)
    assert [name for name in names if not is_watched(name)] == []


@pytest.mark.parametrize(
    "name",
    [
        "samconfig.toml",
        "personalization/statemachines/evaluate.asl.yaml",
        "commerce/src/commerce/search/wiring.py",
        "layers/shared/src/shared/errors.py",
        "layers/shared/requirements.txt",
        "layers/shared/Makefile",
        "layers/shared/arm64/machine.mk",
    ],
)
def test_what_is_deployed_with_templates_is_watched(name: str) -> None:
    assert (ROOT / name).is_file()
    assert is_watched(name)


@pytest.mark.parametrize(
    "name",
    [
        ".local/build/template.yaml",
        ".local/build/commerce/search.yaml",
        ".pre-commit-config.yaml",
        "Makefile",
        "tests/contracts/emulator/application/template.yaml",
        "local/watch.py",
        "commerce/README.md",
        "commerce/src/commerce/__pycache__/settings.cpython-313.pyc",
    ],
)
def test_other_files_are_not_watched(name: str) -> None:
    assert not is_watched(name)
