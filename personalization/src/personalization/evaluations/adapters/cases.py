"""Cases in DynamoDB: rows of a project's, and one that counts them."""

import json
from dataclasses import fields
from typing import Any

from personalization.evaluations.adapters.keys import CASE, CASES, row_key
from personalization.evaluations.domain.cases import Case, CaseContent, CaseHead, CasePage
from personalization.evaluations.domain.checks import Check, Contains, FitsSchema, Lacks, Matches, MaxCost, MaxLength
from shared.dynamodb.tables import ConditionFailed, Item, Table, add, attribute
from shared.dynamodb.transactions import Cancelled, Transaction
from shared.errors import Conflict, NotFound, VersionConflict
from shared.idempotency.claims import FirstAnswer, translated_refusals
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.json.encoding import encode, moment, rfc3339

_CASE, _COUNT = "case", "count of cases"
_KINDS: dict[str, type[Any]] = {
    "contains": Contains,
    "lacks": Lacks,
    "matches": Matches,
    "json-schema": FitsSchema,
    "max-length": MaxLength,
    "max-cost": MaxCost,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


class DynamoCases:
    def __init__(self, table: str, first_answers: DynamoFirstAnswers) -> None:
        self._table, self._first_answers = Table(table), first_answers

    def add(self, case: Case, most: int, first_answer: FirstAnswer | None) -> None:
        """One transaction: the case, their count, the first answer."""
        transaction = Transaction()
        self._first_answers.record(first_answer, transaction)
        transaction.put(_CASE, self._table, _item(case), attribute("projectId").missing())
        fewer = attribute("count").missing() | (attribute("count") < most)
        transaction.update(_COUNT, self._table, row_key(case.project_id, CASES), [add("count", 1)], fewer)
        try:
            with translated_refusals():
                transaction.commit()
        except Cancelled as cancelled:
            if _COUNT in cancelled.refused:
                raise Conflict(f"A project may have {most} cases: delete one first.") from cancelled
            raise

    def replace(self, case: Case) -> None:
        """One conditional put."""
        try:
            self._table.put(_item(case), attribute("version") == case.version - 1)
        except ConditionFailed as failed:
            raise VersionConflict from failed

    def remove(self, project_id: str, case_id: str) -> None:
        """One transaction: the case and their count."""
        transaction = Transaction()
        key = row_key(project_id, CASE + case_id)
        transaction.delete(_CASE, self._table, key, attribute("projectId").exists())
        transaction.update(_COUNT, self._table, row_key(project_id, CASES), [add("count", -1)])
        try:
            transaction.commit()
        except Cancelled as cancelled:
            raise NotFound("There is no such case.") from cancelled

    def find(self, project_id: str, case_id: str) -> Case | None:
        """One consistent GetItem."""
        item = self._table.get(row_key(project_id, CASE + case_id))
        return _case(item) if item else None

    def heads(self, project_id: str) -> tuple[CaseHead, ...]:
        """One consistent query."""
        keys = (attribute("projectId") == project_id) & attribute("item").starts_with(CASE)
        items = self._table.query(keys, attributes=("item", "name", "version"))
        return tuple(CaseHead(item["item"].removeprefix(CASE), item["name"], item["version"]) for item in items)

    def page(self, project_id: str, after: str | None, limit: int) -> CasePage:
        """One consistent query."""
        keys = (attribute("projectId") == project_id) & attribute("item").between(CASE + (after or ""), CASE + "~")
        found = [_case(item) for item in self._table.query(keys, limit=limit + 2)]
        cases = [case for case in found if case.case_id != after]
        return CasePage(tuple(cases[:limit]), cases[limit - 1].case_id if len(cases) > limit else None)


def _item(case: Case) -> Item:
    content = case.content
    return {
        **row_key(case.project_id, CASE + case.case_id),
        "version": case.version,
        "name": content.name,
        "article": content.article,
        "variables": dict(content.variables),
        "checks": [_check_item(check) for check in content.checks],
        "createdAt": rfc3339(case.created_at),
        "updatedAt": rfc3339(case.updated_at),
    }


def _case(item: Item) -> Case:
    return Case(
        project_id=item["projectId"],
        case_id=item["item"].removeprefix(CASE),
        version=item["version"],
        content=CaseContent(
            item["name"], item["article"], item["variables"], tuple(_check(check) for check in item["checks"])
        ),
        created_at=moment(item["createdAt"]),
        updated_at=moment(item["updatedAt"]),
    )


def _check_item(check: Check) -> Item:
    """A schema as text: a table keeps no fractions exactly, and no order."""
    ((_, value),) = ((field.name, getattr(check, field.name)) for field in fields(check))
    return {"kind": _NAMES[type(check)], "value": encode(value) if isinstance(check, FitsSchema) else value}


def _check(item: Item) -> Check:
    kind, value = _KINDS[item["kind"]], item["value"]
    checked: Check = kind(json.loads(value) if kind is FitsSchema else value)
    return checked
