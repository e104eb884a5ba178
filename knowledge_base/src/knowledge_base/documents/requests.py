"""What staff send about documents."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from knowledge_base.documents.domain.files import MAX_BYTES, SUFFIXES, ContentType, WantedDocument
from shared.http.fields import Body, Line

_NAME = re.compile(r"[^\W_][\w ().,&+-]*")


def _plain(name: str) -> str:
    """It is the object's key, and stands in URLs and logs."""
    if not _NAME.fullmatch(name):
        raise ValueError("must begin with a letter or digit, and have only these, spaces and ( ) . , & + - _")
    return name


class OfferDocument(Body):
    """`size` is the maximum in bytes. A document with this `name` gets a new version."""

    MAX_BODY_BYTES = 8 * 1024

    name: Annotated[str, Line(128), AfterValidator(_plain)]
    content_type: Literal["text/markdown", "text/plain", "text/html", "application/pdf", "text/csv"]
    size: Annotated[int, Field(ge=1, le=MAX_BYTES)]

    @model_validator(mode="after")
    def _end_with_the_type(self) -> Self:
        suffix = SUFFIXES[ContentType(self.content_type)]
        if not self.name.endswith(suffix):
            raise ValueError(f"name must end with {suffix}, as its contentType says")
        return self

    def to_wanted(self) -> WantedDocument:
        return WantedDocument(self.name, ContentType(self.content_type), self.size)
