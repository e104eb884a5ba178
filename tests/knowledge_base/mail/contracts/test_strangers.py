"""What whoever keeps the ids of strangers must do, in memory and in DynamoDB; and how what belongs to them goes."""

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from knowledge_base.mail.adapters.strangers import DynamoStrangers, StrangerRecord
from knowledge_base.mail.domain.correspondence import Standing, Strangers
from knowledge_base.mail.domain.erasing import StrangerErasing
from local.workspace import ROOT
from shared.dynamodb.scans import scan
from tests.knowledge_base.mail.examples import AMARA, AMARA_ID, FakeAccounts, FakeStrangers
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.erasing import NOW, ErasingContract, Owned

VERIFIED, UNVERIFIED = Standing.VERIFIED, Standing.UNVERIFIED
SECOND = timedelta(seconds=1)
EARLIER, LATER = NOW - SECOND, NOW + SECOND
OTHER = "other@example.org"

type CarryOn = Callable[[], list[str]]
"""Erases what is to go; the ids of whom."""


class StrangersContract:
    def test_an_address_has_an_id_for_each_standing(self, strangers: Strangers) -> None:
        ids = [strangers.id_of(each, of, NOW) for each in (AMARA, OTHER) for of in (VERIFIED, UNVERIFIED)]
        assert len({each for each in ids if each}) == 4
        assert [strangers.id_of(each, of, LATER) for each in (AMARA, OTHER) for of in (VERIFIED, UNVERIFIED)] == ids

    def test_an_address_is_erased_with_all_that_was_received_until_then(
        self, strangers: Strangers, carry_on: CarryOn
    ) -> None:
        ids = {strangers.id_of(AMARA, VERIFIED, EARLIER), strangers.id_of(AMARA, UNVERIFIED, NOW)}
        other = strangers.id_of(OTHER, VERIFIED, NOW)
        assert not strangers.erase_address(AMARA, NOW, NOW)
        assert set(carry_on()) == ids
        assert strangers.erase_address(AMARA, NOW, NOW)
        assert carry_on() == []
        for at in (EARLIER, NOW):
            assert strangers.id_of(AMARA, VERIFIED, at) is None
            assert strangers.id_of(AMARA, UNVERIFIED, at) is None
        again = strangers.id_of(AMARA, VERIFIED, LATER)
        assert again not in {None, *ids}
        assert strangers.id_of(AMARA, VERIFIED, NOW) is None, "it may still be delivered"
        assert strangers.id_of(OTHER, VERIFIED, LATER) == other

    def test_nobody_who_writes_later_is_erased_by_a_repetition(self, strangers: Strangers, carry_on: CarryOn) -> None:
        assert strangers.erase_address(AMARA, NOW, NOW), "nobody had written"
        again = strangers.id_of(AMARA, VERIFIED, LATER)
        assert strangers.erase_address(AMARA, NOW, LATER)
        assert carry_on() == []
        assert strangers.id_of(AMARA, VERIFIED, LATER) == again

    def test_a_later_erasure_counts_and_an_earlier_one_takes_nothing_back(
        self, strangers: Strangers, carry_on: CarryOn
    ) -> None:
        strangers.erase_address(AMARA, LATER, LATER)
        again = strangers.id_of(AMARA, VERIFIED, LATER + SECOND)
        strangers.erase_address(AMARA, NOW, LATER)
        assert strangers.id_of(AMARA, VERIFIED, LATER) is None
        assert not strangers.erase_address(AMARA, LATER + SECOND, LATER)
        assert carry_on() == [again]

    def test_ids_at_an_address_that_was_a_users_go_with_the_user(self, strangers: Strangers, carry_on: CarryOn) -> None:
        before = strangers.id_of(AMARA, UNVERIFIED, EARLIER)
        for _ in range(2):
            strangers.leave(AMARA_ID, AMARA, NOW)
        assert carry_on() == []
        next_holder = strangers.id_of(AMARA, UNVERIFIED, LATER)
        assert next_holder not in {None, before}

        assert strangers.erase_user(AMARA_ID, LATER) == (LATER, False)
        assert carry_on() == [before]
        assert strangers.erase_user(AMARA_ID, LATER + SECOND) == (LATER, True), "since the first time"
        assert strangers.id_of(AMARA, UNVERIFIED, LATER) == next_holder

    def test_a_change_that_arrives_after_the_erasure_is_erased_at_once(
        self, strangers: Strangers, carry_on: CarryOn
    ) -> None:
        before = strangers.id_of(AMARA, UNVERIFIED, EARLIER)
        assert strangers.erase_user(AMARA_ID, LATER) == (LATER, True)
        strangers.leave(AMARA_ID, AMARA, NOW)
        assert strangers.erase_user(AMARA_ID, LATER) == (LATER, False)
        assert carry_on() == [before]

    def test_an_address_that_nobody_wrote_from_is_left_and_erased(
        self, strangers: Strangers, carry_on: CarryOn
    ) -> None:
        strangers.leave(AMARA_ID, AMARA, NOW)
        assert strangers.erase_user(AMARA_ID, NOW) == (NOW, True)
        assert strangers.erase_address(AMARA, NOW, NOW)
        assert carry_on() == []

    def test_users_are_erased_once_what_came_from_their_address_has_gone(
        self, strangers: Strangers, carry_on: CarryOn
    ) -> None:
        ids = {strangers.id_of(AMARA, VERIFIED, EARLIER), strangers.id_of(AMARA, UNVERIFIED, EARLIER)}
        strangers.leave(AMARA_ID, OTHER, NOW)
        former = strangers.id_of(OTHER, VERIFIED, EARLIER)
        strangers.leave(AMARA_ID, OTHER, NOW)
        erasing = StrangerErasing(strangers, FakeAccounts(disabled={AMARA_ID}))
        assert not erasing.erase(AMARA_ID, NOW)
        assert not erasing.erase(AMARA_ID, NOW)
        assert set(carry_on()) == {*ids, former}
        again = strangers.id_of(AMARA, VERIFIED, LATER)
        assert erasing.erase(AMARA_ID, LATER + SECOND)
        assert strangers.id_of(AMARA, VERIFIED, LATER) == again, "what they write after their request is a new matter"
        assert StrangerErasing(strangers, FakeAccounts({})).erase("nobody", NOW)


class TestFake(StrangersContract):
    @pytest.fixture
    def strangers(self) -> FakeStrangers:
        return FakeStrangers()

    @pytest.fixture
    def carry_on(self, strangers: FakeStrangers) -> CarryOn:
        def carry_on() -> list[str]:
            erased = sorted(strangers.erasing)
            strangers.erasing.clear()
            return erased

        return carry_on


class FakePart:
    def __init__(self, *, leaves_nothing: bool = True) -> None:
        self.erased, self._leaves_nothing = list[str](), leaves_nothing

    def erase(self, user_id: str, _: datetime) -> bool:
        self.erased.append(user_id)
        return self._leaves_nothing


@pytest.fixture
def table(local_aws: str) -> Iterator[str]:
    with tables_like(local_aws, ROOT / "knowledge_base" / "mail.yaml", ["StrangersTable"]) as tables:
        yield tables["StrangersTable"]


def holders(table: str) -> list[str]:
    return [image["holder"]["S"] for image in scan(StrangerRecord.at(table)) if "erasing" in image]


@pytest.mark.emulator
class TestDynamo(StrangersContract):
    @pytest.fixture
    def strangers(self, table: str) -> DynamoStrangers:
        return DynamoStrangers(table, "a secret key")

    @pytest.fixture
    def carry_on(self, table: str, strangers: DynamoStrangers) -> CarryOn:
        def carry_on() -> list[str]:
            part = FakePart()
            for holder in holders(table):
                strangers.carry_on(holder, [part], NOW)
            return sorted(part.erased)

        return carry_on

    def test_no_address_is_in_the_table_and_no_digest_without_the_key(
        self, table: str, strangers: DynamoStrangers
    ) -> None:
        strangers.id_of(AMARA, VERIFIED, NOW)
        before = list(scan(StrangerRecord.at(table)))
        assert AMARA not in str(before)
        DynamoStrangers(table, "another key").id_of(AMARA, VERIFIED, NOW)
        assert len(list(scan(StrangerRecord.at(table)))) == len(before) + 1

    def test_rows_without_an_id_expire_and_others_do_not(self, table: str, strangers: DynamoStrangers) -> None:
        strangers.erase_address(AMARA, NOW, NOW)
        assert all("expiresAt" in image for image in scan(StrangerRecord.at(table)))
        strangers.id_of(AMARA, VERIFIED, LATER)
        [row] = [image for image in scan(StrangerRecord.at(table)) if "userId" in image]
        assert "expiresAt" not in row
        strangers.erase_address(AMARA, NOW, NOW)
        [row] = [image for image in scan(StrangerRecord.at(table)) if "userId" in image]
        assert "expiresAt" not in row

    def test_what_has_to_stay_for_now_is_tried_again(self, table: str, strangers: DynamoStrangers) -> None:
        strangers.id_of(AMARA, VERIFIED, NOW)
        strangers.erase_address(AMARA, NOW, NOW)
        [holder] = holders(table)
        strangers.carry_on(holder, [FakePart(leaves_nothing=False)], NOW)
        assert holders(table) == [holder]
        strangers.carry_on(holder, [FakePart()], NOW)
        assert holders(table) == []
        strangers.carry_on("nobody", [FakePart()], NOW)


class OwnedIds:
    """Each has written from their address, and from one that they had before; the worker comes after each request.

    Nobody is erased twice: who is given something again is another user.
    """

    def __init__(self, table: str) -> None:
        self._table, self._accounts = table, FakeAccounts({})
        self._strangers, self.part = DynamoStrangers(table, "key"), self
        self._erasing = StrangerErasing(self._strangers, self._accounts)
        self._letters, self._users = dict[str, list[str]](), dict[str, str]()

    def give(self, user_id: str, *, many: bool = False) -> None:
        self._users[user_id] = user = uuid.uuid4().hex
        self._accounts.addresses[user] = f"{user}@example.org"
        for number in range(9 if many else 1):
            before = f"{user}@{number}.example.net"
            self._write(user_id, before)
            self._strangers.leave(user, before, NOW)
        self._write(user_id, self._accounts.addresses[user])

    def kept(self) -> list[str]:
        return sorted(name for names in self._letters.values() for name in names)

    def erase(self, user_id: str, now: datetime) -> bool:
        user = self._users.get(user_id, user_id)
        self._erasing.erase(user, now)
        for holder in holders(self._table):
            self._strangers.carry_on(holder, [_Letters(self._letters)], now)
        return self._erasing.erase(user, now)

    def _write(self, user_id: str, address: str) -> None:
        for standing in (VERIFIED, UNVERIFIED):
            stranger_id = self._strangers.id_of(address, standing, EARLIER)
            assert stranger_id
            self._letters.setdefault(stranger_id, []).append(f"{user_id} {standing} {address}")


class _Letters:
    def __init__(self, letters: dict[str, list[str]]) -> None:
        self._letters = letters

    def erase(self, user_id: str, _: datetime) -> bool:
        self._letters.pop(user_id, None)
        return True


@pytest.mark.emulator
class TestErasing(ErasingContract):
    @pytest.fixture
    def owned(self, table: str) -> Owned:
        return OwnedIds(table)
