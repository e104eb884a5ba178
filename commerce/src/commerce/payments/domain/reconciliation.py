"""Compares the ledger with what the provider has booked, day by day: names what differs, and books what moves no
customer's money.

Each of the provider's movements is an entry here, and its fee another one. Those of payments, refunds and disputes come
with orders, and are never booked here: if one is missing, so is what has to come with it. Fees and payouts nobody else
reports, so they are booked. Whatever is repeated, or stops in the middle, counts once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from commerce.payments.domain.ledger import (
    Account,
    Entry,
    Ledger,
    Recorded,
    fee_taken,
    owed_to_customers,
    paid_out,
    payout_failed,
)
from commerce.payments.domain.provider import AwaitedEvidence, Movement, PaymentProvider
from shared.errors import PublicError
from shared.money import Money
from shared.resilience.deadline import Deadline

_SETTLES_WITHIN = timedelta(hours=1)
"""What is younger may still be on its way into the ledger."""
_SECONDS_FOR_A_DAY = 60
_EVIDENCE_DUE_WITHIN = timedelta(days=5)
_EVIDENCE_TAKES = timedelta(days=60)
"""Banks give three weeks at most."""
_USUAL = timedelta(days=6)
"""So that what differs is named for a week, or until it does not differ any more."""
_CAUSES: Mapping[str, str] = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund-failed",
    "payment_failure_refund": "refund-failed",
    "payout": "payout",
    "payout_failure": "payout-failed",
    "payout_cancel": "payout-failed",
}
"""By the provider's kind of movement, how ids of entries for it begin. Adjustments are of disputes and refunds."""
_FEES = frozenset({"stripe_fee", "tax_fee"})
"""Kinds of movement that are nothing but a fee."""


class Difference(StrEnum):
    MISSING_HERE = "missing-here"
    MISSING_THERE = "missing-there"
    OTHER_AMOUNT = "other-amount"
    OTHER_KIND = "other-kind"
    """The provider has booked something that the ledger has no entries for."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """`name` is an entry's id, or the provider's of a movement; amounts are what its account with us has gained."""

    difference: Difference
    name: str
    currency: str
    here: int | None = None
    there: int | None = None

    def shown(self) -> dict[str, object]:
        amounts = {"here": self.here, "there": self.there, "currency": self.currency}
        return {"difference": self.difference.value, "entry": self.name, **amounts}


@dataclass(frozen=True, slots=True)
class Owed:
    """A payment whose customer has got neither goods for it nor the money back, or too much of both."""

    payment_id: str
    currency: str
    amount: int

    def shown(self) -> dict[str, object]:
        return {"paymentId": self.payment_id, "amount": self.amount, "currency": self.currency}


@dataclass(slots=True)
class Report:
    """`until` is the day before which all has been compared; there are more where it is not complete."""

    until: date
    is_complete: bool = False
    movements: int = 0
    entries: int = 0
    booked: int = 0
    mismatches: list[Mismatch] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)
    evidence: list[AwaitedEvidence] = field(default_factory=list)

    @property
    def findings(self) -> Iterator[tuple[str, dict[str, object]]]:
        """What somebody has to do something about: a line of the log for each."""
        yield from (("money mismatched", mismatch.shown()) for mismatch in self.mismatches)
        yield from (("money owed to a customer", owed.shown()) for owed in self.owed)
        for each in self.evidence:
            money = {"amount": each.amount.amount, "currency": each.amount.currency}
            due_by = datetime.fromtimestamp(each.due_by, UTC).isoformat()
            named = {"disputeId": each.dispute_id, "paymentId": each.payment_id, "dueBy": due_by}
            yield "dispute waits for evidence", named | money

    @property
    def counts(self) -> dict[str, int]:
        mismatches, owed = len(self.mismatches), len(self.owed)
        return {"mismatches": mismatches, "owedPayments": owed, "dueDisputes": len(self.evidence)}

    def shown(self) -> dict[str, object]:
        counts = {"movements": self.movements, "entries": self.entries, "booked": self.booked}
        return {"until": self.until.isoformat(), "isComplete": self.is_complete, **counts}


def days_of(first: object, last: object, today: date) -> tuple[date, date]:
    """The last seven days, or those that are given. Raises PublicError."""
    try:
        start = today - _USUAL if first is None else date.fromisoformat(str(first))
        end = today if last is None else date.fromisoformat(str(last))
    except ValueError as error:
        raise PublicError("from and to are days: 2026-11-30") from error
    if not start <= end <= today:
        raise PublicError("from is not after to, and to not after today")
    return start, end


@dataclass(frozen=True, slots=True)
class Expected:
    """The entry that a movement should have here, by its id; the entry itself where it may be booked."""

    entry_id: str
    change: Money
    bookable: Entry | None = None


def expected_of(movement: Movement, payment_id: str | None = None) -> tuple[Expected, ...] | None:
    """None for a movement of another kind; `payment_id` is that of the payment that it belongs to."""
    amount, currency = movement.amount, movement.amount.currency
    if movement.kind in _FEES:
        return (_fee(movement, None, -amount.amount + movement.fee),)
    cause = _CAUSES.get(movement.kind) or _adjusted(movement)
    if cause is None or not movement.source_id:
        return None
    bookable = None
    if cause == "payout":
        bookable = paid_out(movement.source_id, Money(-amount.amount, currency))
    if cause == "payout-failed":
        bookable = payout_failed(movement.source_id, amount)
    expected = Expected(f"{cause}:{movement.source_id}", amount, bookable)
    return (expected, _fee(movement, payment_id, movement.fee)) if movement.fee else (expected,)


def _adjusted(movement: Movement) -> str | None:
    if movement.kind != "adjustment":
        return None
    if movement.source_id.startswith(("du_", "dp_")):
        return "dispute" if movement.amount.amount < 0 else "dispute-won"
    return "refund-failed" if movement.source_id.startswith(("re_", "pyr_")) else None


def _fee(movement: Movement, payment_id: str | None, fee: int) -> Expected:
    entry = fee_taken(payment_id, movement.transaction_id, Money(fee, movement.amount.currency))
    return Expected(entry.entry_id, Money(-fee, movement.amount.currency), entry)


class Reconciliation:
    def __init__(self, ledger: Ledger, provider: PaymentProvider, clock: Callable[[], datetime]) -> None:
        self._ledger, self._provider, self._clock = ledger, provider, clock

    def run(self, first: date, last: date, deadline: Deadline) -> Report:
        """All days from `first` to `last`, as far as time allows. Raises Unavailable."""
        report, days = Report(first), _Days(self._clock() - _SETTLES_WITHIN)
        self._see_entries(first - timedelta(days=1), days)  # an order may have followed its payment after midnight
        day = first
        while day <= last and deadline.remaining_seconds > _SECONDS_FOR_A_DAY:
            self._compare(day, days, report)
            day += timedelta(days=1)
        report.until, report.is_complete = day, day > last
        report.owed = days.owed()
        report.evidence = self._evidence_due()
        return report

    def book(self, payout_id: str) -> None:
        """The entries of a payout, as soon as somebody hears of it. Raises Unavailable."""
        for movement in self._provider.movements_of(payout_id):
            for expected in expected_of(movement) or ():
                if expected.bookable:
                    self._ledger.record_once(expected.bookable, datetime.fromtimestamp(movement.at, UTC))

    def _evidence_due(self) -> list[AwaitedEvidence]:
        now = self._clock()
        opened, due = (now - _EVIDENCE_TAKES).timestamp(), (now + _EVIDENCE_DUE_WITHIN).timestamp()
        awaited = self._provider.awaited_evidence(since=int(opened))
        return [each for each in awaited if now.timestamp() < each.due_by <= due]

    def _compare(self, day: date, days: "_Days", report: Report) -> None:
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
        since, until = int(start.timestamp()), int((start + timedelta(days=1)).timestamp())
        movements = [each for each in self._provider.movements(since=since, until=until) if days.has_settled(each.at)]
        here = self._ledger.find(each.entry_id for movement in movements for each in expected_of(movement) or ())
        report.movements += len(movements)
        seen = set[str]()
        for movement in movements:
            expected = expected_of(movement, self._payment_of(movement, here))
            if expected is None:
                report.mismatches.append(_unknown(movement))
            for each in expected or ():
                seen.add(each.entry_id)
                self._compare_one(each, here.get(each.entry_id), movement, report)
        for recorded in self._see_entries(day, days):
            report.entries += 1
            entry = recorded.entry
            if _is_provided(entry) and entry.entry_id not in seen and days.has_settled(recorded.at.timestamp()):
                report.mismatches += self._looked_up(entry)

    def _compare_one(self, expected: Expected, entry: Entry | None, movement: Movement, report: Report) -> None:
        there, currency = expected.change.amount, expected.change.currency
        if entry is not None:
            if (entry.change_of(Account.PROVIDER), entry.currency) != (there, currency):
                here = entry.change_of(Account.PROVIDER)
                report.mismatches.append(
                    Mismatch(Difference.OTHER_AMOUNT, expected.entry_id, currency, here=here, there=there)
                )
        elif expected.bookable is None:
            report.mismatches.append(Mismatch(Difference.MISSING_HERE, expected.entry_id, currency, there=there))
        else:
            booked = self._ledger.record_once(expected.bookable, datetime.fromtimestamp(movement.at, UTC))
            report.booked += booked

    def _looked_up(self, entry: Entry) -> Iterator[Mismatch]:
        """The provider may have booked it on another day: then it is compared with that day's movements."""
        cause, _, source_id = entry.entry_id.partition(":")
        movements = self._provider.movements_of(source_id, is_fee=cause == "fee")
        if not any(each.entry_id == entry.entry_id for found in movements for each in expected_of(found) or ()):
            here = entry.change_of(Account.PROVIDER)
            yield Mismatch(Difference.MISSING_THERE, entry.entry_id, entry.currency, here=here)

    def _see_entries(self, day: date, days: "_Days") -> Sequence[Recorded]:
        recorded = self._ledger.of_day(day)
        days.see(recorded)
        return recorded

    def _payment_of(self, movement: Movement, here: Mapping[str, Entry]) -> str | None:
        """By the entry of what it is about."""
        expected = expected_of(movement)
        entry = here.get(expected[0].entry_id) if expected else None
        return entry.payment_id if entry else None


class _Days:
    """What is owed to customers by the entries seen, and what is old enough to be compared."""

    def __init__(self, settled_before: datetime) -> None:
        self._settled_before = settled_before.timestamp()
        self._owed = Counter[tuple[str, str]]()

    def has_settled(self, at: float) -> bool:
        return at < self._settled_before

    def see(self, recorded: Iterable[Recorded]) -> None:
        for each in recorded:
            if self.has_settled(each.at.timestamp()):
                for payment_id, amount in owed_to_customers([each.entry]).items():
                    self._owed[payment_id, each.entry.currency] += amount

    def owed(self) -> list[Owed]:
        return [Owed(payment_id, currency, amount) for (payment_id, currency), amount in self._owed.items() if amount]


def _is_provided(entry: Entry) -> bool:
    return any(posting.account is Account.PROVIDER for posting in entry.postings)


def _unknown(movement: Movement) -> Mismatch:
    money = movement.amount
    return Mismatch(Difference.OTHER_KIND, movement.transaction_id, money.currency, there=money.amount - movement.fee)
