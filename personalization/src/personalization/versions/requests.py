"""What clients send to versions and labels."""

from typing import Annotated

from pydantic import AfterValidator, Field

from personalization.prompts.domain.prompts import LABEL, LABEL_IN_WORDS
from personalization.versions.domain.promotion import Move
from shared.http.fields import NOT_NULL, Body, Version, written
from shared.http.forms import Form


class MoveLabel(Body):
    """`force` moves `production` even if cases fail: for admins, with a reason."""

    label: Annotated[str, Form(LABEL, LABEL_IN_WORDS)]
    version: Version
    reason: Annotated[Annotated[str, Field(min_length=1, max_length=500), AfterValidator(written)] | None, NOT_NULL] = (
        None
    )
    force: bool = False

    def to_move(self) -> Move:
        return Move(self.label, self.version, self.reason, self.force)
