"""What Postgres has of customers: one message to read it, one to record facts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from knowledge_base.customers.adapters.postgres.connection import Database
from knowledge_base.customers.domain.recording import (
    EmailChanged,
    Fact,
    Gift,
    GiftChange,
    Imported,
    OrderEnded,
    OrderPlaced,
    OrderRefund,
    Registered,
)
from knowledge_base.customers.domain.records import Customer, Donation, Order, Records
from shared.money import Money

_READ = """
SELECT
    (SELECT to_jsonb(c) FROM (
        SELECT name, email, since FROM customers
        WHERE user_id = %(user_id)s AND erased_at IS NULL AND (name IS NOT NULL OR email IS NOT NULL)
    ) c),
    (SELECT jsonb_agg(o) FROM (
        SELECT order_id, number, status, total, currency, placed_at, coalesce((
            SELECT sum(amount) FROM order_refunds r WHERE r.order_id = orders.order_id AND NOT failed
        ), 0) AS refunded
        FROM orders WHERE user_id = %(user_id)s AND placed_at IS NOT NULL
        ORDER BY placed_at DESC, order_id DESC LIMIT %(newest)s
    ) o),
    (SELECT jsonb_agg(d) FROM (
        SELECT donation_id, amount, currency, frequency, received_at, order_id, coalesce((
            SELECT -sum(amount) FROM donation_changes c WHERE c.donation_id = donations.donation_id
        ), 0) AS refunded
        FROM donations WHERE user_id = %(user_id)s
        ORDER BY received_at DESC, donation_id DESC LIMIT %(newest)s
    ) d);
"""

# Whoever records or erases something of a customer locks their row first, as long as the transaction lasts: either the
# erasure sees what was recorded, or the other sees that the customer was erased.
_CUSTOMER = """
INSERT INTO customers (user_id) VALUES (%(user_id)s) ON CONFLICT (user_id) DO NOTHING;
SELECT FROM customers WHERE user_id = %(user_id)s FOR NO KEY UPDATE;
"""
_LIVING = "SELECT user_id FROM customers WHERE user_id = ANY(%(user_ids)s) AND erased_at IS NULL;"

_WRITES: Mapping[type[Fact], str] = {
    Registered: """
UPDATE customers SET
    name = coalesce(name, %(name)s),
    email = CASE WHEN email_version = 0 THEN %(email)s ELSE email END,
    email_version = greatest(email_version, 1),
    since = least(since, %(at)s)
WHERE user_id = %(user_id)s AND erased_at IS NULL;
""",
    EmailChanged: """
UPDATE customers SET email = %(email)s, email_version = %(version)s
WHERE user_id = %(user_id)s AND erased_at IS NULL AND email_version < %(version)s;
""",
    Imported: """
UPDATE customers SET
    name = coalesce(%(name)s, name),
    email = CASE WHEN email_version = 0 THEN coalesce(%(email)s, email) ELSE email END,
    since = least(since, %(since)s)
WHERE user_id = %(user_id)s AND erased_at IS NULL;
""",
    OrderPlaced: """
INSERT INTO orders (order_id, user_id, number, total, currency, placed_at)
SELECT %(order_id)s, %(user_id)s, %(number)s, %(amount)s, %(currency)s, %(at)s
FROM customers WHERE user_id = %(user_id)s AND erased_at IS NULL
ON CONFLICT (order_id) DO UPDATE
SET total = excluded.total, currency = excluded.currency, placed_at = excluded.placed_at
WHERE orders.placed_at IS NULL;
""",
    OrderEnded: """
INSERT INTO orders (order_id, user_id, number, status)
SELECT %(order_id)s, %(user_id)s, %(number)s, %(status)s
FROM customers WHERE user_id = %(user_id)s AND erased_at IS NULL
ON CONFLICT (order_id) DO UPDATE SET status = excluded.status WHERE orders.status = 'placed';
""",
    OrderRefund: """
INSERT INTO order_refunds (refund_id, order_id, user_id, amount, failed)
SELECT %(refund_id)s, %(order_id)s, %(user_id)s, %(amount)s, %(failed)s
FROM customers WHERE user_id = %(user_id)s AND erased_at IS NULL
ON CONFLICT (refund_id) DO UPDATE SET failed = true WHERE excluded.failed AND NOT order_refunds.failed;
""",
    Gift: """
INSERT INTO donations (donation_id, user_id, amount, currency, frequency, received_at, order_id)
SELECT %(donation_id)s, %(user_id)s, %(amount)s, %(currency)s, %(frequency)s, %(at)s, %(order_id)s
FROM customers WHERE user_id = %(user_id)s AND erased_at IS NULL
ON CONFLICT (donation_id) DO NOTHING;
""",
    GiftChange: """
INSERT INTO donation_changes (change_id, donation_id, user_id, amount)
SELECT %(change_id)s, %(donation_id)s, %(user_id)s, %(amount)s
FROM customers WHERE user_id = %(user_id)s AND erased_at IS NULL
ON CONFLICT (change_id) DO NOTHING;
""",
}

_ERASE = """
UPDATE customers SET name = NULL, email = NULL, since = NULL, erased_at = coalesce(erased_at, %(now)s)
WHERE user_id = %(user_id)s;
DELETE FROM orders WHERE user_id = %(user_id)s;
DELETE FROM order_refunds WHERE user_id = %(user_id)s;
DELETE FROM donations WHERE user_id = %(user_id)s;
DELETE FROM donation_changes WHERE user_id = %(user_id)s;
"""


class PostgresCustomers:
    """CustomerRecords and CustomerFacts: each call is one round trip and one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, user_id: str, newest: int) -> Records:
        [(customer, orders, donations)] = self._database.run(_READ, user_id=user_id, newest=newest)
        return Records(
            _customer(user_id, customer) if customer else None,
            tuple(map(_order, orders or ())),
            tuple(map(_donation, donations or ())),
        )

    def record(self, fact: Fact) -> bool:
        return fact.user_id in self.record_all([fact])

    def record_all(self, facts: Sequence[Fact]) -> frozenset[str]:
        # in the order of customers, so that nobody waits for a lock of somebody who waits for theirs
        statements, values = [], dict[str, object]()
        for number, fact in enumerate(sorted(facts, key=lambda fact: fact.user_id)):
            statements.append(f"{_CUSTOMER}{_WRITES[type(fact)]}".replace("%(", f"%({number}_"))
            values |= {f"{number}_{name}": value for name, value in _values(fact).items()}
        user_ids = sorted({fact.user_id for fact in facts})
        rows = self._database.run("".join([*statements, _LIVING]), **values, user_ids=user_ids)
        return frozenset(row[0] for row in rows)

    def erase(self, user_id: str, now: datetime) -> bool:
        self._database.run(f"{_CUSTOMER}{_ERASE}", user_id=user_id, now=now)
        return True


def _values(fact: Fact) -> dict[str, object]:
    """Texts without NUL, which Postgres cannot store; empty ones are not there."""
    values: dict[str, object] = {}
    for name in fact.__slots__:
        value = getattr(fact, name)
        if isinstance(value, Money):
            values |= {"amount": value.amount, "currency": value.currency}
        elif isinstance(value, str):
            values[name] = value.replace("\0", "") or None
        else:
            values[name] = value
    return values


def _customer(user_id: str, row: Mapping[str, Any]) -> Customer:
    since = row["since"]
    return Customer(user_id, row["name"] or "", row["email"] or "", datetime.fromisoformat(since) if since else None)


def _order(row: Mapping[str, Any]) -> Order:
    return Order(
        order_id=row["order_id"],
        number=row["number"],
        status=row["status"],
        total=Money(row["total"], row["currency"]),
        refunded=Money(row["refunded"], row["currency"]),
        placed_at=datetime.fromisoformat(row["placed_at"]),
    )


def _donation(row: Mapping[str, Any]) -> Donation:
    return Donation(
        donation_id=row["donation_id"],
        amount=Money(row["amount"], row["currency"]),
        refunded=Money(row["refunded"], row["currency"]),
        frequency=row["frequency"],
        received_at=datetime.fromisoformat(row["received_at"]),
        order_id=row["order_id"],
    )
