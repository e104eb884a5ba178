"""A stand-in for `shared.idempotency.claims.first_answers`."""

from datetime import datetime

from shared.idempotency.claims import FirstAnswer, KeyInUse


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
