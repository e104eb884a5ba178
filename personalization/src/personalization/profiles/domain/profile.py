"""A supporter's profile: record, donations and context, read together."""

from dataclasses import dataclass
from typing import Protocol

from personalization.donations.domain.donations import DonationPage, sees_anonymous_gifts
from personalization.memory.domain.context import SupporterContext
from personalization.supporters.domain.supporter import Supporter
from shared.auth.callers import Caller
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class Profile:
    supporter: Supporter
    donations: DonationPage
    context: SupporterContext


class Profiles(Protocol):
    def find(self, user_id: str, *, anonymous: bool) -> Profile | None:
        """One round of concurrent reads, however long the history; None if there is no such supporter.

        `anonymous` says whether anonymous gifts are included, in the page and in the totals.
        """
        ...


def read_profile(caller: Caller, user_id: str, profiles: Profiles) -> Profile:
    """Supporters read their own profile, staff anyone's; for others there is no such supporter (NotFound)."""
    caller.require_access_to(user_id)
    profile = profiles.find(user_id, anonymous=sees_anonymous_gifts(caller, user_id))
    if profile is None:
        raise NotFound("There is no such supporter.")
    return profile
