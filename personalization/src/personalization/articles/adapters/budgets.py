"""Budgets in DynamoDB: one row for a project's day, and one for each of its users'.

`committed` is what is spent or reserved; a condition knows no sums, so it is kept as one number beside `spent`.
"""

from datetime import UTC, date, datetime, time, timedelta

from pynamodb.expressions.condition import Condition

from personalization.articles.adapters.records import BudgetRecord
from personalization.articles.domain.budget import PROJECT_BUDGET, USER_BUDGET, Allowance, Reservation, Spending
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import UnitOfWork, Write

_KEPT = timedelta(days=8)
_SETTLEMENT = "settlement of the {}"


class DynamoBudgets:
    def __init__(self, table: str) -> None:
        self._budgets = BudgetRecord.at(table)

    def reserve(self, reservation: Reservation, allowance: Allowance) -> Write:
        """Two updates."""
        limits = {PROJECT_BUDGET: allowance.project, USER_BUDGET: allowance.user}

        def write(unit_of_work: UnitOfWork) -> None:
            transaction = Transaction.of(unit_of_work)
            for name, key in _keys(reservation).items():
                left: Condition = BudgetRecord.committed <= limits[name] - reservation.tokens
                if reservation.tokens <= limits[name]:
                    left = left | BudgetRecord.committed.does_not_exist()
                actions = [
                    BudgetRecord.committed.add(reservation.tokens),
                    BudgetRecord.expires_at.set(_expiry(reservation.day)),
                ]
                transaction.change(name, self._budgets(key), actions, left)

        return write

    def settle(self, reservation: Reservation, tokens: int) -> Write:
        """Two updates."""
        charged = reservation.settled(tokens)

        def write(unit_of_work: UnitOfWork) -> None:
            transaction = Transaction.of(unit_of_work)
            for name, key in _keys(reservation).items():
                actions = [
                    BudgetRecord.committed.add(charged - reservation.tokens),
                    BudgetRecord.spent.add(charged),
                ]
                transaction.change(_SETTLEMENT.format(name), self._budgets(key), actions)

        return write

    def of_project(self, project_id: str, day: date) -> Spending:
        return self._spending(_project_key(project_id, day))

    def of_user(self, project_id: str, user_id: str, day: date) -> Spending:
        return self._spending(_user_key(project_id, user_id, day))

    def _spending(self, key: str) -> Spending:
        record = self._budgets.find(key)
        return record.to_spending() if record else Spending(0, 0)


def _keys(reservation: Reservation) -> dict[str, str]:
    project_id, day = reservation.project_id, reservation.day
    return {
        PROJECT_BUDGET: _project_key(project_id, day),
        USER_BUDGET: _user_key(project_id, reservation.user_id, day),
    }


def _project_key(project_id: str, day: date) -> str:
    return f"project#{project_id}#{day.isoformat()}"


def _user_key(project_id: str, user_id: str, day: date) -> str:
    return f"user#{project_id}#{user_id}#{day.isoformat()}"


def _expiry(day: date) -> datetime:
    return datetime.combine(day, time(), UTC) + _KEPT
