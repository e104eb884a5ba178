"""Erases what mail has of somebody."""

from datetime import datetime

from knowledge_base.mail.adapters.letters import LetterRecord
from shared.dynamodb.records import select
from shared.erasure.removing import remove_all
from shared.s3.buckets import Bucket


class MailErasing:
    """Their mails in the bucket, all versions, then what leads there."""

    def __init__(self, letters_table: str, bucket: Bucket) -> None:
        self._letters, self._bucket = LetterRecord.at(letters_table), bucket

    def erase(self, user_id: str, _: datetime) -> bool:
        found = select(self._letters, user_id, attributes=[LetterRecord.letter_id, LetterRecord.key])
        for key in {letter.key for letter in found if letter.key}:
            self._bucket.delete([version for version in self._bucket.versions(key) if version.key == key])
        remove_all(self._letters, user_id, [LetterRecord.user_id, LetterRecord.letter_id])
        return True
