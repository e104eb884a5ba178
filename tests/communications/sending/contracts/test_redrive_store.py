"""What whoever keeps redrives must do, in memory and in DynamoDB."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from communications.sending.adapters.redrives import DynamoRedrives
from communications.sending.domain.outbox import SendState
from communications.sending.domain.redriving import REDRIVE, Redrive, Redrives
from communications.sending.domain.settling import Plan, Step
from local.workspace import ROOT
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused
from tests.communications.sending.examples import NOW
from tests.communications.sending.fakes import FakeRedrives
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.persistence.fake_transactions import FakeTransaction

PLANS = Plan("e#ada#email", Step.SEND, SendState.FAILED, "refused"), Plan("e#bob#sms", Step.MISSING, None)
FIRST = Redrive(redrive_id="r1", plans=PLANS, may_arrive_twice=True, note="Why 👋", by="priya", at=NOW)


class RedrivesContract:
    begin: Callable[[], UnitOfWork]

    def add(self, redrives: Redrives, redrive: Redrive) -> None:
        unit_of_work = type(self).begin()
        redrives.add(redrive, unit_of_work)
        unit_of_work.commit()

    def test_redrive_is_added_once_and_read_as_it_was(self, redrives: Redrives) -> None:
        self.add(redrives, FIRST)
        with pytest.raises(WriteRefused) as refusal:
            self.add(redrives, replace(FIRST, by="tom"))
        assert refusal.value.refused == {REDRIVE}
        assert redrives.listed(None, 10).items == (FIRST,)

    def test_newest_come_first_in_pages(self, redrives: Redrives) -> None:
        of_all = [replace(FIRST, redrive_id=f"r{number}") for number in range(1, 6)]
        for redrive in of_all:
            self.add(redrives, redrive)
        page = redrives.listed(None, 3)
        rest = redrives.listed(page.after, 3)
        assert [*page.items, *rest.items] == of_all[::-1]
        assert (page.after, rest.after) == ("r3", None)


class TestInMemory(RedrivesContract):
    begin = FakeTransaction

    @pytest.fixture
    def redrives(self) -> Redrives:
        return FakeRedrives()


@pytest.mark.emulator
@pytest.mark.usefixtures("local_aws")
class TestInDynamoDB(RedrivesContract):
    begin = Transaction

    @pytest.fixture
    def redrives(self, local_aws: str) -> Iterator[Redrives]:
        with tables_like(local_aws, ROOT / "communications" / "sending_tables.yaml", ["RedrivesTable"]) as names:
            yield DynamoRedrives(names["RedrivesTable"])
