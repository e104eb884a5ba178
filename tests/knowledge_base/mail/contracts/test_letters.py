"""What whoever keeps letters must do, in memory and in DynamoDB."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from knowledge_base.mail.adapters.letters import DynamoLetters
from knowledge_base.mail.domain.correspondence import Letter, Letters, Standing
from local.workspace import ROOT
from shared.erasure.tombstones import DynamoTombstones
from shared.errors import NotFound
from tests.knowledge_base.mail.examples import AMARA, AMARA_ID, NOW, FakeLetters
from tests.shared.dynamodb.dynamodb_tables import tables_like

FIRST = Letter(
    user_id=AMARA_ID,
    letter_id="a",
    ticket_id="t1",
    address=AMARA,
    standing=Standing.VERIFIED,
    message_id="<a@x.org>",
    key="inbox/1",
    at=NOW,
)
SECOND = replace(FIRST, letter_id="b", message_id=None, key=None, at=NOW + timedelta(seconds=1))


class LettersContract:
    def test_those_that_there_are_are_found_in_order(self, letters: Letters) -> None:
        assert list(letters.find(AMARA_ID, [])) == []
        assert letters.add(FIRST)
        assert letters.add(SECOND)
        assert list(letters.find(AMARA_ID, ["b", "none", "a", "b"])) == [SECOND, FIRST]
        assert list(letters.find("somebody else", ["a"])) == []

    def test_the_first_stays(self, letters: Letters) -> None:
        assert letters.add(FIRST)
        assert not letters.add(replace(FIRST, ticket_id="t2"))
        assert list(letters.find(AMARA_ID, ["a"])) == [FIRST]

    def test_those_of_tickets_come_the_oldest_first(self, letters: Letters) -> None:
        others = replace(FIRST, letter_id="c", ticket_id="t2"), replace(FIRST, letter_id="d", ticket_id="t3")
        for letter in (SECOND, *others, FIRST):
            letters.add(letter)
        letters.count(AMARA_ID, NOW)
        assert list(letters.of_tickets(AMARA_ID, ["t1"])) == [FIRST, SECOND]
        assert {each.letter_id for each in letters.of_tickets(AMARA_ID, ["t3", "t1", "none"])} == {"a", "b", "d"}

    def test_mails_are_counted_by_the_hour(self, letters: Letters) -> None:
        later = NOW + timedelta(minutes=60)
        assert [letters.count(AMARA_ID, each) for each in (NOW, NOW, later)] == [1, 2, 1]
        assert letters.count("somebody else", NOW) == 1


class TestFake(LettersContract):
    @pytest.fixture
    def letters(self) -> Letters:
        return FakeLetters()


@pytest.mark.emulator
class TestDynamo(LettersContract):
    @pytest.fixture
    def tables(self, local_aws: str) -> Iterator[dict[str, str]]:
        with (
            tables_like(local_aws, ROOT / "knowledge_base" / "mail.yaml", ["LettersTable"]) as letters,
            tables_like(local_aws, ROOT / "knowledge_base" / "tables.yaml", ["TombstonesTable"]) as tombstones,
        ):
            yield letters | tombstones

    @pytest.fixture
    def letters(self, tables: dict[str, str]) -> Letters:
        return DynamoLetters(tables["LettersTable"], DynamoTombstones(tables["TombstonesTable"]))

    def test_nothing_is_added_of_whoever_was_erased(self, tables: dict[str, str], letters: Letters) -> None:
        DynamoTombstones(tables["TombstonesTable"]).erase(AMARA_ID, NOW)
        with pytest.raises(NotFound):
            letters.add(FIRST)
        assert list(letters.find(AMARA_ID, ["a"])) == []
