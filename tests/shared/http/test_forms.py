from typing import Annotated

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from shared.http.forms import Form

CODE = TypeAdapter[str](Annotated[str, Field(min_length=2, max_length=4), Form(r"[0-9]+", "two to four digits")])


def test_text_of_the_form_is_taken() -> None:
    assert CODE.validate_python("0123") == "0123"


@pytest.mark.parametrize("wrong", ["a123", "12 ", "12\n", 12, None, "1", "12345"])
def test_all_else_is_described_in_words(wrong: object) -> None:
    with pytest.raises(ValidationError) as refused:
        CODE.validate_python(wrong)

    assert [error["msg"] for error in refused.value.errors()] == ["must be two to four digits"]


def test_a_schema_has_the_form_and_its_limits() -> None:
    assert CODE.json_schema() == {"type": "string", "pattern": "^[0-9]+$", "minLength": 2, "maxLength": 4}
