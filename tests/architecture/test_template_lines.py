"""Templates are read and compared by people, the generated blocks too."""

from pathlib import Path

import pytest

from generate.flow_style import MAX_CHARACTERS
from release.translation import template_files

TEMPLATES = list(template_files())


@pytest.mark.parametrize("file", TEMPLATES, ids=[f"{file.parent.name}-{file.stem}" for file in TEMPLATES])
def test_lines_of_a_template_can_be_read_and_compared(file: Path) -> None:
    lines = enumerate(file.read_text().splitlines(), start=1)
    long = [number for number, line in lines if len(line) > MAX_CHARACTERS]

    assert not long, (
        f"{file} has lines of more than {MAX_CHARACTERS} characters: {long}: "
        "continue them on the next line, or name what repeats with an anchor"
    )
