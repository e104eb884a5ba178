"""Uploads: what became of each form that was given out, from its offer to the verdict."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from commerce.catalogue.domain.products import IMAGE_WIDTHS, image_file
from commerce.images.domain.pictures import Flaw, PictureType
from shared.idempotency.claims import FirstAnswer

FORM_VALID = timedelta(minutes=5)
KEPT = timedelta(days=7)
"""How long an upload's record outlives its offer: longer than any repetition of its inspection."""


class State(StrEnum):
    """An upload leaves WAITING once, for good: its form can be posted again, but decides nothing any more."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REMOVED = "removed"


class NoRoom(StrEnum):
    """Why a product takes no picture, however good."""

    ARCHIVED = "archived"
    FULL = "full"


type Reason = Flaw | NoRoom


@dataclass(frozen=True, slots=True)
class Upload:
    """`version_id` names the bytes that were accepted; `width` and `height`, in pixels, are theirs."""

    product_id: str
    image_id: str
    type: PictureType
    alt: str
    offered_at: datetime
    state: State = State.WAITING
    reason: Reason | None = None
    version_id: str | None = None
    width: int | None = None
    height: int | None = None

    @property
    def form_expires_at(self) -> datetime:
        return self.offered_at + FORM_VALID

    @property
    def is_pending(self) -> bool:
        return self.state in {State.WAITING, State.ACCEPTED}


class Uploads(Protocol):
    """The records of uploads. Every method raises Unavailable."""

    def add(self, upload: Upload, first_answer: FirstAnswer | None = None) -> None:
        """Raises KeyInUse."""
        ...

    def find(self, product_id: str, image_id: str) -> Upload | None:
        """Consistent."""
        ...

    def of_product(self, product_id: str, now: datetime) -> tuple[Upload, ...]:
        """The newest hundred that are kept, the newest first. Consistent."""
        ...

    def settle(self, upload: Upload, after: State) -> Upload | None:
        """Write the upload if its state is still `after`. Returns the one that is there then."""
        ...

    def begin(self, product_id: str, image_id: str) -> int:
        """Count an inspection of this upload, which exists; how many have begun, with this one."""
        ...

    def remove(self, product_id: str, image_id: str) -> None:
        """REMOVED, whatever its state was. It need not exist."""
        ...


def image_key(product_id: str, image_id: str) -> str:
    """Unique to the image, so that browsers may cache its files for ever."""
    return f"images/{product_id}/{image_id}"


def possible_files(product_id: str, image_id: str) -> tuple[str, ...]:
    """All that an image can have been shown as, also before it had a file for each width."""
    key = image_key(product_id, image_id)
    return *(image_file(key, width) for width in IMAGE_WIDTHS), *(f"{key}.{type_}" for type_ in ("jpg", "png", "webp"))
