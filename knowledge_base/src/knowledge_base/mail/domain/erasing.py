"""Erasing users: what was written from their addresses without anybody's being sure that it was them goes, too."""

from dataclasses import dataclass
from datetime import datetime

from knowledge_base.mail.domain.correspondence import Accounts, Strangers


@dataclass(frozen=True, slots=True)
class StrangerErasing:
    """The account goes last, so that it still says which address was theirs."""

    strangers: Strangers
    accounts: Accounts

    def erase(self, user_id: str, now: datetime) -> bool:
        """Have it erased; False until it is. May be repeated. Raises Unavailable."""
        erased_at, is_done = self.strangers.erase_user(user_id, now)
        address = self.accounts.last_address_of(user_id)
        if address and not self.strangers.erase_address(address, erased_at, now):
            return False
        return is_done
