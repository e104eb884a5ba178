"""What whoever keeps suppressions must do, in memory and in DynamoDB."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from communications.sending.adapters.suppressions import DynamoSuppressions
from communications.sending.domain.suppressions import COUNTED_FOR, Cause, Suppression, Suppressions
from local.workspace import ROOT
from tests.communications.sending.examples import NOW
from tests.communications.sending.fakes import FakeSuppressions
from tests.shared.dynamodb.dynamodb_tables import tables_like

FOR_GOOD = Suppression("email:a", Cause.BOUNCED, NOW)
FOR_A_WEEK = Suppression("email:a", Cause.UNDELIVERABLE, NOW, NOW + timedelta(days=7))


class SuppressionsContract:
    def test_those_that_there_are_are_found(self, suppressions: Suppressions) -> None:
        assert suppressions.find(["email:a"]) == {}
        assert suppressions.find([]) == {}
        suppressions.add(FOR_GOOD)
        suppressions.add(Suppression("email:b", Cause.SPAM, NOW))
        assert suppressions.find(["email:a", "email:c"]) == {"email:a": FOR_GOOD}

    def test_what_is_for_good_stays(self, suppressions: Suppressions) -> None:
        suppressions.add(FOR_A_WEEK)
        suppressions.add(FOR_GOOD)
        suppressions.add(FOR_A_WEEK)
        assert suppressions.find(["email:a"]) == {"email:a": FOR_GOOD}

    def test_what_is_lifted_is_gone(self, suppressions: Suppressions) -> None:
        suppressions.add(FOR_GOOD)
        for _ in range(2):
            suppressions.remove("email:a")
        assert suppressions.find(["email:a"]) == {}

    def test_only_what_is_there_is_taken_back(self, suppressions: Suppressions) -> None:
        unsubscribed = Suppression("email:a", Cause.UNSUBSCRIBED, NOW)
        assert not suppressions.take_back(unsubscribed)
        suppressions.add(unsubscribed)
        for other in (replace(unsubscribed, at=NOW + timedelta(seconds=1)), replace(unsubscribed, cause=Cause.SPAM)):
            assert not suppressions.take_back(other)
        assert suppressions.find(["email:a"])
        assert suppressions.take_back(unsubscribed)
        assert not suppressions.take_back(unsubscribed)
        assert suppressions.find(["email:a"]) == {}

    def test_each_soft_bounce_counts_once_for_a_while(self, suppressions: Suppressions) -> None:
        counts = [suppressions.count_soft_bounce("email:a", bounce, NOW) for bounce in ("x", "x", "y")]
        assert counts == [1, 1, 2]
        assert suppressions.count_soft_bounce("email:b", "x", NOW) == 1
        assert suppressions.count_soft_bounce("email:a", "z", NOW + COUNTED_FOR) == 1
        assert suppressions.find(["email:a"]) == {}

    def test_soft_bounces_that_are_reported_at_once_are_all_counted(self, suppressions: Suppressions) -> None:
        with ThreadPoolExecutor(8) as pool:
            bounces = [f"bounce-{number}" for number in range(8)]
            list(pool.map(lambda bounce: suppressions.count_soft_bounce("email:a", bounce, NOW), bounces))
        assert suppressions.count_soft_bounce("email:a", "bounce-0", NOW) == 8


class TestFakeSuppressions(SuppressionsContract):
    @pytest.fixture
    def suppressions(self) -> Suppressions:
        return FakeSuppressions()


@pytest.mark.emulator
class TestDynamoSuppressions(SuppressionsContract):
    @pytest.fixture
    def suppressions(self, local_aws: str) -> Iterator[Suppressions]:
        with tables_like(local_aws, ROOT / "communications", ["SuppressionsTable"]) as tables:
            yield DynamoSuppressions(tables["SuppressionsTable"])
