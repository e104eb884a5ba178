"""The ledger of money: double entries, each of which sums to zero, so that their sum is zero at any time.

Amounts are minor units; what an account gains is positive, what it gives is negative. An entry's id is made of its
cause, so that recording the same cause again changes nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, Protocol

from shared.money import Money
from shared.persistence.unit_of_work import UnitOfWork

type Line = Literal["goods", "donations", "shipping"]


class Account(StrEnum):
    """`CUSTOMERS` is what customers have paid and have got nothing for yet: zero for every payment that is finished."""

    PROVIDER = "provider"
    """What the provider holds for us."""
    BANK = "bank"
    CUSTOMERS = "customers"
    GOODS = "goods"
    DONATIONS = "donations"
    SHIPPING = "shipping"
    FEES = "fees"
    DISPUTES = "disputes"
    """What customers' banks have taken back: a loss unless the dispute is won."""


_OF_LINES: Mapping[Line, Account] = {
    "goods": Account.GOODS,
    "donations": Account.DONATIONS,
    "shipping": Account.SHIPPING,
}


@dataclass(frozen=True, slots=True)
class Posting:
    account: Account
    amount: int


@dataclass(frozen=True, slots=True)
class Entry:
    """`payment_id` is the payment that it belongs to, if to one: a payout belongs to many."""

    entry_id: str
    currency: str
    postings: tuple[Posting, ...]
    payment_id: str | None = None

    def __post_init__(self) -> None:
        if sum(posting.amount for posting in self.postings):
            raise ValueError(f"the entry {self.entry_id} does not sum to zero")

    def change_of(self, account: Account) -> int:
        """What the account gains by it; negative for what it gives."""
        return sum(posting.amount for posting in self.postings if posting.account is account)


@dataclass(frozen=True, slots=True)
class Recorded:
    entry: Entry
    at: datetime


class Ledger(Protocol):
    """Entries are never changed, and kept."""

    def record(self, entry: Entry, at: datetime, unit_of_work: UnitOfWork) -> None:
        """A part of a transaction, named `ledger:{entry_id}`; refused where the cause has other postings already."""
        ...

    def record_once(self, entry: Entry, at: datetime) -> bool:
        """On its own; False where its cause has been recorded before, and nothing changes. Raises Unavailable."""
        ...

    def find(self, entry_ids: Iterable[str]) -> Mapping[str, Entry]:
        """Those that are there, by id. Raises Unavailable."""
        ...

    def of_day(self, day: date) -> Sequence[Recorded]:
        """In the order of time, as it was a moment ago; days are UTC's. Raises Unavailable."""
        ...


def charged(payment_id: str, charge_id: str, amount: Money) -> Entry:
    """The customer has paid: until there is an order, the money is the customer's."""
    return _moved(f"charge:{charge_id}", amount, Account.CUSTOMERS, Account.PROVIDER, payment_id)


def fee_taken(payment_id: str | None, transaction_id: str, fee: Money) -> Entry:
    """The provider's fee, of a charge or a dispute; negative where it gives one back."""
    return _moved(f"fee:{transaction_id}", fee, Account.PROVIDER, Account.FEES, payment_id)


def ordered(payment_id: str, order_id: str, lines: Mapping[Line, int], currency: str) -> Entry:
    """The order is there: what was paid is earned, by kind of line."""
    earned = tuple(Posting(_OF_LINES[line], -amount) for line, amount in lines.items() if amount)
    return Entry(f"order:{order_id}", currency, (Posting(Account.CUSTOMERS, sum(lines.values())), *earned), payment_id)


def returned(payment_id: str, refund_id: str, lines: Mapping[Line, int], currency: str) -> Entry:
    """Lines of an order are taken back: their money is the customer's again, until `refunded` gives it back."""
    lost = tuple(Posting(_OF_LINES[line], amount) for line, amount in lines.items() if amount)
    return Entry(f"return:{refund_id}", currency, (*lost, Posting(Account.CUSTOMERS, -sum(lines.values()))), payment_id)


def refunded(payment_id: str, refund_id: str, amount: Money) -> Entry:
    return _moved(f"refund:{refund_id}", amount, Account.PROVIDER, Account.CUSTOMERS, payment_id)


def refund_failed(payment_id: str, refund_id: str, amount: Money) -> Entry:
    """The customer's bank has sent it back: it is the customer's, and has to be given back in another way."""
    return _moved(f"refund-failed:{refund_id}", amount, Account.CUSTOMERS, Account.PROVIDER, payment_id)


def disputed(payment_id: str, dispute_id: str, amount: Money, account: Account = Account.DISPUTES) -> Entry:
    """`account` is CUSTOMERS where there is no order: their bank has given them what they are owed."""
    return _moved(f"dispute:{dispute_id}", amount, Account.PROVIDER, account, payment_id)


def dispute_won(payment_id: str, dispute_id: str, amount: Money, account: Account = Account.DISPUTES) -> Entry:
    """`account` as for `disputed`."""
    return _moved(f"dispute-won:{dispute_id}", amount, account, Account.PROVIDER, payment_id)


def paid_out(payout_id: str, amount: Money) -> Entry:
    return _moved(f"payout:{payout_id}", amount, Account.PROVIDER, Account.BANK, None)


def payout_failed(payout_id: str, amount: Money) -> Entry:
    """The bank has sent the payout back."""
    return _moved(f"payout-failed:{payout_id}", amount, Account.BANK, Account.PROVIDER, None)


def balances(entries: Iterable[Entry]) -> Mapping[tuple[Account, str], int]:
    """What each account holds of each currency; entries with the same id count once."""
    held: Counter[tuple[Account, str]] = Counter()
    for entry in {entry.entry_id: entry for entry in entries}.values():
        for posting in entry.postings:
            held[posting.account, entry.currency] += posting.amount
    return held


def owed_to_customers(entries: Iterable[Entry]) -> Mapping[str, int]:
    """By payment, what its customer has paid and has neither got goods for nor back: there should be none for long."""
    owed: Counter[str] = Counter()
    for entry in {entry.entry_id: entry for entry in entries}.values():
        if entry.payment_id is not None:
            owed[entry.payment_id] -= entry.change_of(Account.CUSTOMERS)
    return {payment_id: amount for payment_id, amount in owed.items() if amount}


def _moved(entry_id: str, amount: Money, source: Account, target: Account, payment_id: str | None) -> Entry:
    postings: Sequence[Posting] = (Posting(target, amount.amount), Posting(source, -amount.amount))
    return Entry(entry_id, amount.currency, tuple(postings), payment_id)
