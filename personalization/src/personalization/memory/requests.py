"""What clients send to correct what was learned."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from personalization.memory.domain.context import FactKind
from personalization.memory.domain.correcting import Amend, Corrections, Forget
from personalization.memory.domain.notes import MAX_CHARACTERS, readable
from shared.http.fields import Body, Line, Version

type _FactName = Literal["interests", "intents", "remembered"]
type _Value = Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS)]
type _Corrections[T] = Annotated[list[T], Field(max_length=60)]
"""As many as can be remembered."""


class ForgetFact(Body):
    """`value` is as it was read."""

    fact: _FactName
    value: _Value


class AmendFact(ForgetFact):
    new_value: Annotated[str, Line(MAX_CHARACTERS), AfterValidator(readable)]


class CorrectMemory(Body):
    MAX_BODY_BYTES = 256 * 1024

    version: Version
    forget: _Corrections[ForgetFact] = []
    amend: _Corrections[AmendFact] = []

    def to_corrections(self) -> Corrections:
        return Corrections(
            forget=tuple(Forget(FactKind(each.fact), each.value) for each in self.forget),
            amend=tuple(Amend(FactKind(each.fact), each.value, each.new_value) for each in self.amend),
        )
