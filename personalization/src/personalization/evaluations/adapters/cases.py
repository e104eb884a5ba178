"""Cases in DynamoDB: rows of a project's, and one that counts them."""

from personalization.evaluations.adapters.records import CASE, CASES, CaseCountRecord, CaseRecord
from personalization.evaluations.domain.cases import Case, CasePage, CaseSummary
from shared.dynamodb.records import ConditionFailed, select
from shared.dynamodb.transactions import Transaction
from shared.errors import Conflict, NotFound, VersionConflict
from shared.idempotency.claims import FirstAnswer, translated_refusals
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.persistence.unit_of_work import WriteRefused

_CASE, _COUNT = "case", "count of cases"


class DynamoCases:
    def __init__(self, table: str, first_answers: DynamoFirstAnswers) -> None:
        self._cases, self._counts = CaseRecord.at(table), CaseCountRecord.at(table)
        self._first_answers = first_answers

    def add(self, case: Case, max_cases: int, first_answer: FirstAnswer | None) -> None:
        """One transaction: the case, their count, the first answer."""
        transaction = Transaction()
        self._first_answers.record(first_answer, transaction)
        transaction.save(_CASE, self._cases.of(case), CaseRecord.project_id.does_not_exist())
        fewer = CaseCountRecord.cases.does_not_exist() | (CaseCountRecord.cases < max_cases)
        transaction.change(_COUNT, self._counts(case.project_id, CASES), [CaseCountRecord.cases.add(1)], fewer)
        try:
            with translated_refusals():
                transaction.commit()
        except WriteRefused as error:
            if _COUNT in error.refused:
                raise Conflict(f"A project may have {max_cases} cases: delete one first.") from error
            raise

    def replace(self, case: Case) -> None:
        """One conditional put."""
        try:
            self._cases.of(case).put(CaseRecord.version == case.version - 1)
        except ConditionFailed as error:
            raise VersionConflict from error

    def remove(self, project_id: str, case_id: str) -> None:
        """One transaction: the case and their count."""
        transaction = Transaction()
        transaction.remove(_CASE, self._cases(project_id, CASE + case_id), CaseRecord.project_id.exists())
        transaction.change(_COUNT, self._counts(project_id, CASES), [CaseCountRecord.cases.add(-1)])
        try:
            transaction.commit()
        except WriteRefused as error:
            raise NotFound("There is no such case.") from error

    def find(self, project_id: str, case_id: str) -> Case | None:
        """One consistent GetItem."""
        record = self._cases.find(project_id, CASE + case_id)
        return record.to_case() if record else None

    def summaries(self, project_id: str) -> tuple[CaseSummary, ...]:
        """One consistent query."""
        every = CaseRecord.item.startswith(CASE)
        records = select(
            self._cases, project_id, every, attributes=[CaseRecord.item, CaseRecord.name, CaseRecord.version]
        )
        return tuple(record.to_head() for record in records)

    def page(self, project_id: str, after: str | None, limit: int) -> CasePage:
        """One consistent query."""
        within = CaseRecord.item.between(CASE + (after or ""), CASE + "~")
        found = [record.to_case() for record in select(self._cases, project_id, within, limit=limit + 2)]
        cases = [case for case in found if case.case_id != after]
        return CasePage(tuple(cases[:limit]), cases[limit - 1].case_id if len(cases) > limit else None)
