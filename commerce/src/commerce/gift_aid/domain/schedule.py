"""HMRC's schedule spreadsheet of donations: a line for each order whose customer has declared Gift Aid for its gifts.

Its columns and their rules: gov.uk, "Schedule spreadsheet to claim back tax on Gift Aid donations".
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple, Protocol

from commerce.checkout.domain.checkout import GiftAid
from commerce.orders.domain.order import Order, PaymentStatus
from commerce.orders.domain.orders import Listing, Page
from shared.money import Money

COLUMNS = (
    "Title",
    "First name",
    "Last name",
    "House name or number",
    "Postcode",
    "Aggregated donations",
    "Sponsored event",
    "Donation date",
    "Amount",
    "Order",
    "Declaration",
)
"""HMRC's nine, and two for the charity's own evidence."""
MAX_LINES = 1_000
"""Of one schedule."""
MAX_ORDERS = 10_000
"""That are read for one answer: some seconds."""
MAX_DAYS = 366
_PAGE = 200
_MAX_NAME = 35
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")
_DISPUTED = frozenset({PaymentStatus.DISPUTED, PaymentStatus.CHARGED_BACK})


class TooLong(Exception):
    """More orders than one answer reads, or more lines than one schedule holds."""


class Orders(Protocol):
    def listed(self, listing: Listing, after: str | None, limit: int) -> Page: ...


class Line(NamedTuple):
    """In the order of COLUMNS. Titles are not asked for; what is not applicable is left blank.

    `declaration` is the version of the text that the donor agreed to with the order of this number.
    """

    title: str
    first_name: str
    last_name: str
    house: str
    postcode: str
    aggregated: str
    sponsored: str
    day: str
    amount: Money
    order: str
    declaration: str


def schedule(orders: Orders, first: date, last: date, zone: tzinfo) -> list[Line]:
    """The gifts of these days of `zone`, the oldest first, less what was given back. Raises TooLong; Unavailable."""
    since = datetime.combine(first, time(), zone)
    until = datetime.combine(last + timedelta(days=1), time(), zone)
    lines = list[Line]()
    for order in _read(orders, Listing(None, since, until)):
        left = _gifts_left(order)
        if order.gift_aid and left.amount > 0 and since <= order.created_at < until:
            lines.append(_line(order.gift_aid, order, order.created_at.astimezone(zone), left))
        if len(lines) > MAX_LINES:
            raise TooLong
    return lines[::-1]


def _read(orders: Orders, listing: Listing) -> Iterator[Order]:
    after, count = None, 0
    while True:
        page = orders.listed(listing, after, _PAGE)
        yield from page.items
        after, count = page.after, count + len(page.items)
        if after is None:
            return
        if count >= MAX_ORDERS:
            raise TooLong


def _gifts_left(order: Order) -> Money:
    """What the charity keeps of the order's gifts. Of money that a bank has taken back, nothing is claimed."""
    gifts = order.quote.donations
    if order.payment in _DISPUTED:
        return Money(0, gifts.currency)
    given_back = sum(refund.by_line.get("donations", 0) for refund in order.refunds if refund.is_claimed)
    return Money(gifts.amount - given_back, gifts.currency)


def _line(donor: GiftAid, order: Order, given: datetime, amount: Money) -> Line:
    return Line(
        title="",
        first_name=_name(donor.first_name),
        last_name=_name(donor.last_name.replace("-", " ")),  # as HMRC wants double-barrelled names
        house=" ".join(donor.house.split()),
        postcode=_postcode(donor.postcode),
        aggregated="",
        sponsored="",
        day=f"{given:%d/%m/%y}",
        amount=amount,
        order=order.number,
        declaration=donor.declaration,
    )


def _name(name: str) -> str:
    return " ".join(name.split())[:_MAX_NAME].rstrip()


def _postcode(postcode: str) -> str:
    """In capital letters, with a space; one of another country as it is."""
    letters = "".join(postcode.split()).upper()
    parts = _POSTCODE.fullmatch(letters)
    return f"{parts[1]} {parts[2]}" if parts else " ".join(postcode.split()).upper()
