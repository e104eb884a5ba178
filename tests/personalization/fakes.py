"""Stand-ins for the adapters of personalization, which keep the same contracts (see contracts/)."""

from collections import defaultdict

from personalization.domain.context import SupporterContext
from personalization.domain.donations import PAGE_SIZE, Donation, DonationPage
from personalization.domain.profile import Profile
from personalization.domain.supporter import Supporter
from shared.money import totals


class FakeSupporters:
    """Supporters in memory."""

    def __init__(self, *supporters: Supporter) -> None:
        self.by_id = {supporter.user_id: supporter for supporter in supporters}

    def add(self, supporter: Supporter) -> bool:
        if supporter.user_id in self.by_id:
            return False
        self.by_id[supporter.user_id] = supporter
        return True


class FakeProfiles:
    """Profiles in memory, of the supporters that it is given."""

    def __init__(self, supporters: FakeSupporters) -> None:
        self._supporters = supporters
        self.donations: defaultdict[str, list[Donation]] = defaultdict(list)
        self.contexts: defaultdict[str, list[SupporterContext]] = defaultdict(list)

    def find(self, user_id: str) -> Profile | None:
        supporter = self._supporters.by_id.get(user_id)
        if supporter is None:
            return None
        context = max(self.contexts[user_id], key=lambda context: context.version, default=SupporterContext())
        return Profile(supporter, self._newest_donations(user_id), context)

    def _newest_donations(self, user_id: str) -> DonationPage:
        ledger = sorted(self.donations[user_id], key=lambda donation: donation.donation_id, reverse=True)
        page = tuple(ledger[:PAGE_SIZE])
        more = len(ledger) > PAGE_SIZE
        return DonationPage(
            items=page,
            totals=totals(donation.amount for donation in ledger),
            next_position=page[-1].donation_id if more else None,
        )
