"""What supporters have consented to: by purpose, and by their latest decision on it."""

from personalization.supporters.domain.supporter import Supporter

PERSONALISATION = "personalisation"
"""Consent to personal answers: from interests, and from what earlier conversations taught."""
GIVING_HISTORY = "giving-history"
"""Consent to talk about the supporter's donations."""


def consents(supporter: Supporter, purpose: str) -> bool:
    """Whether the supporter's latest decision on a purpose was yes. No decision means no."""
    decisions = [consent for consent in supporter.consent if consent.purpose == purpose]
    return bool(decisions) and max(reversed(decisions), key=lambda consent: consent.recorded_at).granted
