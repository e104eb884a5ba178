"""What whoever notes deliveries must do, in memory and in DynamoDB."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from commerce.receipts.adapters.deliveries import DynamoDeliveries
from commerce.receipts.domain.sending import HELD, Deliveries
from local.workspace import ROOT
from shared.errors import Unavailable
from tests.commerce.examples import NOW
from tests.commerce.receipts.fakes import FakeDeliveries
from tests.shared.dynamodb.dynamodb_tables import tables_like


class DeliveriesContract:
    def test_what_was_sent_is_not_sent_again(self, deliveries: Deliveries) -> None:
        assert deliveries.begin("a", NOW)
        deliveries.end("a", NOW)
        assert not deliveries.begin("a", NOW)
        assert not deliveries.begin("a", NOW + timedelta(days=30))
        assert deliveries.begin("b", NOW)

    def test_what_somebody_sends_waits_until_they_must_have_stopped(self, deliveries: Deliveries) -> None:
        assert deliveries.begin("a", NOW)
        with pytest.raises(Unavailable):
            deliveries.begin("a", NOW + HELD - timedelta(seconds=1))
        assert deliveries.begin("a", NOW + HELD)

    def test_one_of_many_sends(self, deliveries: Deliveries) -> None:
        def begin(_: int) -> bool:
            try:
                return deliveries.begin("a", NOW)
            except Unavailable:
                return False

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(begin, range(8))) == 1


class TestFakeDeliveries(DeliveriesContract):
    @pytest.fixture
    def deliveries(self) -> Deliveries:
        return FakeDeliveries()


@pytest.mark.emulator
class TestDynamoDeliveries(DeliveriesContract):
    @pytest.fixture
    def deliveries(self, local_aws: str) -> Iterator[Deliveries]:
        with tables_like(local_aws, ROOT / "commerce/receipts.yaml", ["DeliveriesTable"]) as tables:
            yield DynamoDeliveries(tables["DeliveriesTable"])
