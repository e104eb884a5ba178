"""Letters in DynamoDB: the table has those of each correspondent, and how many they wrote in an hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self

from pynamodb.attributes import UnicodeAttribute

from knowledge_base.mail.domain.correspondence import Letter, Standing
from shared.dynamodb.attributes import IntegerAttribute, MomentAttribute, SecondsAttribute
from shared.dynamodb.records import Record, select
from shared.dynamodb.transactions import Transaction
from shared.erasure.tombstones import ERASED, DynamoTombstones
from shared.errors import NotFound
from shared.persistence.unit_of_work import WriteRefused

_LETTER = "letter"
_HOUR = timedelta(hours=1)


class LetterRecord(Record):
    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    letter_id = UnicodeAttribute(range_key=True, attr_name="letterId")
    ticket_id = UnicodeAttribute(attr_name="ticketId")
    address = UnicodeAttribute()
    standing = UnicodeAttribute()
    message_id = UnicodeAttribute(null=True, attr_name="messageId")
    key = UnicodeAttribute(null=True)
    written_at = MomentAttribute(attr_name="writtenAt")
    expires_at = SecondsAttribute(attr_name="expiresAt")

    @classmethod
    def of(cls, letter: Letter) -> Self:
        return cls(
            letter.user_id,
            letter.letter_id,
            ticket_id=letter.ticket_id,
            address=letter.address,
            standing=letter.standing,
            message_id=letter.message_id,
            key=letter.key,
            written_at=letter.at,
            expires_at=letter.expires_at,
        )

    def to_letter(self) -> Letter:
        return Letter(
            user_id=self.user_id,
            letter_id=self.letter_id,
            ticket_id=self.ticket_id,
            address=self.address,
            standing=Standing(self.standing),
            message_id=self.message_id,
            key=self.key,
            at=self.written_at,
        )


class HourRecord(Record):
    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    hour = UnicodeAttribute(range_key=True, attr_name="letterId")
    mails = IntegerAttribute()
    expires_at = SecondsAttribute(attr_name="expiresAt")


class DynamoLetters:
    def __init__(self, letters_table: str, tombstones: DynamoTombstones) -> None:
        self._letters, self._hours = LetterRecord.at(letters_table), HourRecord.at(letters_table)
        self._tombstones = tombstones

    def find(self, user_id: str, letter_ids: Sequence[str]) -> Sequence[Letter]:
        """One BatchGetItem."""
        if not letter_ids:
            return ()
        found = self._letters.find_many([(user_id, letter_id) for letter_id in dict.fromkeys(letter_ids)])
        return [record.to_letter() for record in found]

    def of_tickets(self, user_id: str, ticket_ids: Sequence[str]) -> Sequence[Letter]:
        """One Query of all that a correspondent has, which is little; of 100 tickets at most."""
        found = select(self._letters, user_id, where=LetterRecord.ticket_id.is_in(*ticket_ids))
        return sorted((record.to_letter() for record in found), key=lambda letter: letter.at)

    def add(self, letter: Letter) -> bool:
        """One transaction."""
        transaction = Transaction()
        self._tombstones.require_none(transaction, letter.user_id)
        transaction.save(_LETTER, self._letters.of(letter), LetterRecord.letter_id.does_not_exist())
        try:
            transaction.commit()
        except WriteRefused as refusal:
            if ERASED in refusal.refused:
                raise NotFound("There is no such correspondent.") from refusal
            return False
        return True

    def count(self, user_id: str, now: datetime) -> int:
        """One UpdateItem."""
        hour = self._hours(user_id, f"hour {now:%Y-%m-%dT%H}")
        counted = hour.change(HourRecord.mails.add(1), HourRecord.expires_at.set(now + 2 * _HOUR))
        return counted.mails
