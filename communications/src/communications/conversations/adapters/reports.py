"""Reports and their trails in DynamoDB. No row of a trail is ever changed."""

from contextlib import suppress
from datetime import timedelta

from communications.conversations.adapters.records import ReportRecord, ReportsByState
from communications.conversations.domain.reports import REPORT, Report, ReportPage, State, TrailEntry
from shared.dynamodb.records import ConditionFailed, select
from shared.dynamodb.transactions import Transaction
from shared.errors import Unavailable
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused

_ENTRY = "entry of the trail"
_MOMENTS = 20  # of a report, that others may have taken


class DynamoReports:
    def __init__(self, reports_table: str) -> None:
        self._reports = ReportRecord.at(reports_table)

    def add(self, report: Report, unit_of_work: UnitOfWork) -> None:
        """A put in a transaction."""
        is_new = ReportRecord.report_id.does_not_exist()
        Transaction.of(unit_of_work).save(REPORT, self._reports.of(report), is_new)

    def find(self, report_id: str) -> Report | None:
        """One consistent Query."""
        found = select(self._reports, report_id)
        return found[0].to_report(tuple(each.to_entry() for each in found[1:])) if found else None

    def listed(self, state: State, after: str | None, limit: int) -> ReportPage:
        """One Query of the index, which may be a moment behind."""
        before = ReportsByState.report_id < after if after else None
        found = select(self._reports.by_state, str(state), before, newest_first=True, limit=limit + 1)
        items = [record.to_report() for record in found[:limit]]
        return ReportPage(items, items[-1].report_id if len(found) > limit else None)

    def append(self, report_id: str, entry: TrailEntry) -> None:
        """One put, in the next free millisecond."""
        for at in (entry.at + timedelta(milliseconds=each) for each in range(_MOMENTS)):
            try:
                self._reports.of_entry(report_id, entry, at).put(ReportRecord.report_id.does_not_exist())
            except ConditionFailed:
                continue
            return
        raise Unavailable("Others are looking at the same report: try again.")

    def decide(self, report_id: str, entry: TrailEntry) -> bool:
        """One Query and one transaction, again where others have looked at it in the meantime."""
        for _ in range(_MOMENTS):
            report = self.find(report_id)
            if report is None or report.state is State.DECIDED:
                return False
            last = report.trail[-1].at if report.trail else report.reported_at
            at = max(entry.at, last + timedelta(milliseconds=1))
            transaction = Transaction()
            is_free = ReportRecord.report_id.does_not_exist()
            transaction.save(_ENTRY, self._reports.of_entry(report_id, entry, at), is_free)
            first, decided = self._reports(report_id, report.reported_at), ReportRecord.state.set(str(State.DECIDED))
            transaction.change(REPORT, first, [decided], ReportRecord.state == str(State.OPEN))
            with suppress(WriteRefused):
                transaction.commit()
                return True
        raise Unavailable("Others are looking at the same report: try again.")
