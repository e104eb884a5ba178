"""Erases what was written about somebody's gifts; the gifts are kept, under an id that leads to nobody."""

from datetime import datetime

from personalization.donations.adapters.records import RowRecord
from shared.dynamodb.records import select


class DonationErasing:
    def __init__(self, donations_table: str) -> None:
        self._rows = RowRecord.at(donations_table)

    def erase(self, user_id: str, _: datetime) -> bool:
        """The reasons of refunds, in words of staff. One query, and an update of each."""
        explained = RowRecord.reason.exists()
        keys = [RowRecord.user_id, RowRecord.donation_id]
        for row in select(self._rows, user_id, attributes=keys, where=explained):
            row.change(RowRecord.reason.remove(), condition=explained)
        return True
