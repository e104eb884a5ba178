"""What other contexts hear of a supporter's consent and interests."""

from collections.abc import Sequence

from personalization.supporters.domain.supporter import Supporter
from shared.events.domain_events import DomainEvent


def consent_event(before: Supporter | None, after: Supporter | None) -> tuple[str, DomainEvent] | None:
    """The event of a change and its name; None where it concerns neither consent nor interests.

    Whoever is removed has consented to nothing any more. `version` of the data is the supporter's: an event with an
    older one comes late. The id is made of it, so that publishing a change again publishes the same event.
    """
    old, new = _said(before), _said(after)
    supporter = after or before
    if old == new or supporter is None:
        return None
    version = supporter.version if after else supporter.version + 1
    decided_at = max([supporter.created_at, *(decision.recorded_at for decision in supporter.consent)])
    consents, interests = new
    data = {"version": version, "consents": consents, "interests": interests}
    event_id = f"consent-{supporter.user_id}-{version}"
    return "SupporterConsentChanged", DomainEvent(event_id, 1, decided_at, supporter.user_id, data)


def _said(supporter: Supporter | None) -> tuple[Sequence[str], Sequence[str]]:
    """The purposes that they consent to, of each the latest decision, and their interests."""
    if supporter is None:
        return [], []
    latest = {each.purpose: each.granted for each in sorted(supporter.consent, key=lambda each: each.recorded_at)}
    return sorted(purpose for purpose, granted in latest.items() if granted), list(supporter.interests)
