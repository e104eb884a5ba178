"""The ledger's sums under any order of gifts, refunds and repeated requests."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from personalization.donations.domain.donations import Frequency, LedgerRow
from personalization.donations.domain.giving import Gift, RefundRequest, give, read_ledger, refund_gift
from personalization.profiles.domain.profile import read_profile
from shared.auth.callers import Caller
from shared.errors import AlmonerError
from shared.idempotency.claims import Claim, once
from shared.ids import new_id
from shared.money import Money, totals
from shared.time.periods import EVER
from tests.personalization.examples import NOW, a_supporter
from tests.personalization.stores import DynamoStore, MemoryStore, Store

USERS = ("ada", "bob")
FINANCE = Caller("finance-1", frozenset({"finance"}))
STAFF = Caller("staff-1", frozenset({"staff"}))

amounts = st.builds(Money, st.integers(1, 5), st.sampled_from(["GBP", "EUR"]))


class LedgerMachine(RuleBasedStateMachine):
    """Requests at one store, and what a ledger kept on paper says of them."""

    requests = Bundle("requests")
    gifts = Bundle("gifts")
    store: Store

    def __init__(self, make_store: Callable[[], Store]) -> None:
        super().__init__()
        self.store = make_store()
        for user_id in USERS:
            self.store.keep(a_supporter(user_id))
        self.now, self.number = NOW, 0
        self.answers: dict[str, Any] = {}
        self.paper: dict[str, list[tuple[Money, bool]]] = {user_id: [] for user_id in USERS}

    def ask(self, key: str, effect: Callable[[Claim], LedgerRow]) -> Any:
        """The answer; a first one goes on paper, a repetition has to be the same."""
        claim = Claim(f"{id(self)}-{key}", key)
        self.now += timedelta(milliseconds=1)
        answer = once(claim, self.store.first_answers, self.now, lambda: effect(claim))
        if isinstance(answer, dict):
            assert answer["donationId"] == self.answers[key].donation_id
            return self.answers[key]
        assert key not in self.answers
        assert not isinstance(answer, str)
        self.answers[key] = answer
        row: Any = answer
        self.paper[row.user_id].append((row.amount, row.anonymous))
        return answer

    @rule(target=requests, user=st.sampled_from(USERS), amount=amounts, anonymous=st.booleans())
    def wish_to_give(self, user: str, amount: Money, anonymous: bool) -> tuple[str, Gift]:
        self.number += 1
        return f"key-{self.number}", Gift(user, amount, Frequency.ONE_OFF, anonymous)

    @rule(target=gifts, request=requests)
    def give_again_and_again(self, request: tuple[str, Gift]) -> Any:
        key, gift = request
        return self.ask(
            key, lambda claim: give(STAFF, gift, ledger=self.store.ledger, now=self.now, new_id=new_id, claim=claim)
        )

    @rule(target=gifts, gift=gifts, amount=st.none() | amounts, repeated=st.booleans())
    def refund(self, gift: Any, amount: Money | None, repeated: bool) -> Any:
        self.number += 1
        key = f"refund-{self.number}"
        wanted = RefundRequest(gift.donation_id, amount, "a mistake")
        for _ in range(1 + repeated):
            with suppress(AlmonerError):
                self.ask(
                    key,
                    lambda claim: refund_gift(
                        FINANCE, wanted, ledger=self.store.ledger, now=self.now, new_id=new_id, claim=claim
                    ),
                )
        return multiple()

    @invariant()
    def totals_are_the_sums_of_the_rows(self) -> None:
        for user_id in USERS:
            for reader in (Caller(user_id), FINANCE, STAFF):
                rows = read_ledger(reader, user_id, EVER, self.store.ledger, None, 100).items
                profile = read_profile(reader, user_id, self.store.profiles)
                assert profile.donations.totals == totals(row.amount for row in rows)
                seen = [amount for amount, anonymous in self.paper[user_id] if reader is not STAFF or not anonymous]
                assert totals(seen) == profile.donations.totals
                assert all(sum_.amount >= 0 for sum_ in profile.donations.totals)


def test_totals_are_the_sums_in_memory() -> None:
    run_state_machine_as_test(
        lambda: LedgerMachine(MemoryStore),  # type: ignore[arg-type]  # any maker of machines will do
        settings=settings(max_examples=60, stateful_step_count=25, deadline=None),
    )


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
def test_totals_are_the_sums_in_dynamodb(dynamo: DynamoStore) -> None:
    """One table for all examples: what an example leaves behind is taken away before the next."""

    def emptied() -> Store:
        dynamo.forget_donations(*USERS)
        return dynamo

    run_state_machine_as_test(
        lambda: LedgerMachine(emptied),  # type: ignore[arg-type]  # any maker of machines will do
        settings=settings(max_examples=8, stateful_step_count=12, deadline=None),
    )
