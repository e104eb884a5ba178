"""What clients receive about Gift Aid."""

from dataclasses import dataclass
from typing import Self

from commerce.checkout.domain.declarations import Declaration


@dataclass(frozen=True, slots=True)
class DeclarationText:
    """Donors agree to `statement`; `explanation` stands before it, `notice` after it. `since` is a day."""

    version: str
    since: str
    explanation: str
    statement: str
    notice: str

    @classmethod
    def of(cls, declaration: Declaration, charity: str) -> Self:
        texts = (declaration.explanation, declaration.statement, declaration.notice)
        return cls(
            declaration.version, declaration.since.isoformat(), *(text.replace("{charity}", charity) for text in texts)
        )
