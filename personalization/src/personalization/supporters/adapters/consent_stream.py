"""The Users table's stream: whose consent or interests have changed."""

from personalization.supporters.adapters.records import SupporterRecord
from personalization.supporters.domain.consent_events import consent_event
from personalization.supporters.domain.supporter import Supporter
from shared.events.changes import Change, Image, Named


def consent_events_of(change: Change) -> list[Named]:
    """At most one. Raises KeyError, TypeError or ValueError for what is no supporter."""
    named = consent_event(_supporter(change.old), _supporter(change.new))
    return [named] if named else []


def _supporter(image: Image | None) -> Supporter | None:
    return SupporterRecord.of_image(image).to_supporter() if image is not None else None
