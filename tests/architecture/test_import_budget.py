"""Imports are most of a cold start. What a function has loaded when it has answered is named and counted."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.aws_stand_in import StandIn, running_stand_in
from benchmarks.init_bytecode import ENVIRONMENT
from tests.shared.imports import imports

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "events").glob("*/*.json"))

# What clients send is checked by pydantic: only a function that reads a body pays for it.
PYDANTIC = frozenset({"annotated_types", "pydantic", "pydantic_core", "typing_extensions", "typing_inspection"})

# Patterns that users write are matched in linear time, where they are saved and where they are checked.
PATTERNS = {"prompt_cases": frozenset({"re2"}), "run_case": frozenset({"re2"})}

# Modules at most, those of Python included: a bare interpreter's are not counted.
OF_ANY_FUNCTION = 172
OF_ONE_THAT_READS_A_BODY = 265

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
    [code] = (ROOT / context / "src" / context / "handlers").glob(f"{sample.stem}.py")
    reads_a_body = re.search(rf"from {context}\.(\w*requests|live_messages|cart_door) import", code.read_text())
    names, most = (PYDANTIC, OF_ONE_THAT_READS_A_BODY) if reads_a_body else (frozenset(), OF_ANY_FUNCTION)

    program = _ANSWER.format(module=f"{context}.handlers.{sample.stem}", sample=str(sample))
    loaded = imports(program, ENVIRONMENT | {"AWS_ENDPOINT_URL": aws.url})

    names |= PATTERNS.get(sample.stem, frozenset())
    assert loaded.third_party.keys() <= names, f"{sample.stem} loads packages that it has no budget for"
    assert len(loaded.modules) <= most, (
        f"{sample.stem} loads {len(loaded.modules)} modules, {most} are allowed: which are new?"
    )
