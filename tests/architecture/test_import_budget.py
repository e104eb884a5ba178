"""Imports are most of a cold start. What a function has loaded when it has answered is named and counted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.aws_stand_in import StandIn, running_stand_in
from benchmarks.init_bytecode import ENVIRONMENT
from tests.shared.imports import imports

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "events").glob("*/*.json"))

# What a function may load of the layer.
PACKAGES = frozenset({"annotated_types", "pydantic", "pydantic_core", "re2", "typing_extensions", "typing_inspection"})

# Modules at most, those of Python included: a bare interpreter's are not counted.
MAX_MODULES = 400

_ANSWER = """
import json
from {module} import handler
try:
    handler(json.load(open({sample!r})), None)
except Exception:
    pass  # the stand-in may know less than the function asks for: what it needs is loaded by then
"""


@pytest.fixture(scope="module")
def aws() -> Iterator[StandIn]:
    with running_stand_in() as stand_in:
        yield stand_in


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.parent.name}-{sample.stem}")
def test_function_loads_no_more_than_its_budget(sample: Path, aws: StandIn) -> None:
    context = sample.parent.name
    [code] = (ROOT / context / "src" / context).glob(f"*/handlers/{sample.stem}.py")
    program = _ANSWER.format(module=f"{context}.{code.parents[1].name}.handlers.{sample.stem}", sample=str(sample))
    loaded = imports(program, ENVIRONMENT | {"AWS_ENDPOINT_URL": aws.url})

    assert loaded.third_party.keys() <= PACKAGES, f"{sample.stem} loads packages that it has no budget for"
    assert len(loaded.modules) <= MAX_MODULES, (
        f"{sample.stem} loads {len(loaded.modules)} modules, {MAX_MODULES} are allowed: which are new?"
    )
