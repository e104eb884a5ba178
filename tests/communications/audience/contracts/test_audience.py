"""What whoever keeps the audience must do, in memory and in DynamoDB."""

from collections.abc import Iterator

import pytest

from communications.audience.adapters.audience import DynamoAudience
from communications.audience.domain.audience import Audience, Group, Member
from local.workspace import ROOT
from tests.communications.audience.fakes import FakeAudience
from tests.shared.dynamodb.dynamodb_tables import tables_like

EVERYBODY, WATER = Group("marketing"), Group("marketing", "clean WATER")


def member(user_id: str, *consents: str, interests: tuple[str, ...] = (), version: int = 2) -> Member:
    return Member.of(user_id, consents, interests, version)


def everybody(audience: Audience, group: Group, limit: int) -> list[str]:
    found: list[str] = []
    after: str | None = None
    while True:
        page = audience.page(group, after, limit)
        assert len(page.user_ids) <= limit
        found += page.user_ids
        after = page.after
        if after is None:
            return found


class AudienceContract:
    @pytest.mark.parametrize("limit", [1, 7, 100])
    def test_everybody_who_has_consented_is_on_one_page(self, audience: Audience, limit: int) -> None:
        for number in range(30):
            audience.put(member(f"u{number:02}", *(["marketing"] if number % 3 else ["personalisation"])))
        found = everybody(audience, EVERYBODY, limit)
        assert sorted(found) == [f"u{number:02}" for number in range(30) if number % 3]

    def test_interests_are_found_however_they_are_spelled(self, audience: Audience) -> None:
        audience.put(member("ada", "marketing", interests=("Clean water", "Éducation")))
        audience.put(member("bob", "marketing", interests=("water",)))
        audience.put(member("eve", interests=("clean water",)))
        assert everybody(audience, WATER, 10) == ["ada"]
        assert everybody(audience, Group("marketing", "éducation"), 10) == ["ada"]

    def test_what_comes_late_changes_nothing(self, audience: Audience) -> None:
        now, late = member("ada", version=3), member("ada", "marketing", version=2)
        assert audience.put(now)
        assert not audience.put(late)
        assert not audience.put(now)
        assert audience.find("ada") == now
        assert everybody(audience, EVERYBODY, 10) == []
        assert audience.find("bob") is None


class TestInMemory(AudienceContract):
    @pytest.fixture
    def audience(self) -> FakeAudience:
        return FakeAudience()


@pytest.mark.emulator
@pytest.mark.usefixtures("local_aws")
class TestInDynamoDB(AudienceContract):
    @pytest.fixture
    def audience(self, local_aws: str) -> Iterator[DynamoAudience]:
        with tables_like(local_aws, ROOT / "communications", ["AudienceTable"]) as names:
            yield DynamoAudience(names["AudienceTable"])
