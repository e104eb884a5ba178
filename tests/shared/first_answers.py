"""A stand-in for `shared.idempotency.first_answers`."""

from datetime import datetime

from shared.idempotency.claims import RECORD, FirstAnswer, KeyInUse
from shared.persistence.unit_of_work import UnitOfWork
from tests.shared.persistence.fake_transactions import step


class FakeFirstAnswers:
    """First answers in memory."""

    def __init__(self) -> None:
        self.by_id: dict[str, FirstAnswer] = {}

    def find(self, record_id: str, now: datetime) -> FirstAnswer | None:
        answer = self.by_id.get(record_id)
        return answer if answer and answer.expires_at > now else None

    def record(self, answer: FirstAnswer | None) -> None:
        self.require_free(answer)
        if answer:
            self.by_id[answer.record_id] = answer

    def require_free(self, answer: FirstAnswer | None) -> None:
        if answer and self.find(answer.record_id, answer.recorded_at):
            raise KeyInUse


class FakeRecords:
    """Keeps a record as soon as it is added to a unit of work, which is never refused."""

    def __init__(self) -> None:
        self._kept = FakeFirstAnswers()

    def find(self, record_id: str, now: datetime) -> FirstAnswer | None:
        return self._kept.find(record_id, now)

    def record(self, answer: FirstAnswer | None, _: UnitOfWork) -> None:
        self._kept.record(answer)


class RecordsInTransactions:
    """In the transaction that has the effect."""

    def __init__(self) -> None:
        self.kept = FakeFirstAnswers()

    def find(self, record_id: str, now: datetime) -> FirstAnswer | None:
        return self.kept.find(record_id, now)

    def record(self, answer: FirstAnswer | None, unit_of_work: UnitOfWork) -> None:
        if answer:
            step(
                RECORD,
                lambda: self.find(answer.record_id, answer.recorded_at) is None,
                lambda: self.kept.record(answer),
            )(unit_of_work)
