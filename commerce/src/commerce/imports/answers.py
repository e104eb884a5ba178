"""What admins receive of an import."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from commerce.imports.domain.background import Import
from commerce.imports.domain.report_pages import ReportPage
from commerce.imports.domain.reporting import LineReport, Outcome, Report
from shared.errors import FieldError
from shared.http.cursors import Cursors
from shared.http.response import Response


@dataclass(frozen=True, slots=True)
class ImportAnswer:
    """`lines` in the order of the file. `notTried` is 0: what takes too long goes on in the background (202)."""

    created: int
    updated: int
    unchanged: int
    failed: int
    not_tried: int
    lines: tuple[LineReport, ...]


@dataclass(frozen=True, slots=True)
class ProblemAnswer:
    """Why nothing was imported of a file."""

    detail: str
    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressAnswer:
    """`done` of `total` lines, which is null until the file has been read; `lines` is a page of the report on these."""

    import_id: str
    status: Literal["waiting", "queued", "running", "done", "failed"]
    dry_run: bool
    total: int | None
    done: int
    created: int
    updated: int
    unchanged: int
    failed: int
    problem: ProblemAnswer | None
    created_at: datetime
    ended_at: datetime | None
    lines: tuple[LineReport, ...]
    next_cursor: str | None


def import_answer(report: Report) -> ImportAnswer:
    return ImportAnswer(
        created=report.count(Outcome.CREATED),
        updated=report.count(Outcome.UPDATED),
        unchanged=report.count(Outcome.UNCHANGED),
        failed=report.count(Outcome.FAILED),
        not_tried=report.count(Outcome.NOT_TRIED),
        lines=report.lines,
    )


def progress_answer(import_: Import, page: ReportPage, cursors: Cursors) -> ProgressAnswer:
    counts = import_.counts
    return ProgressAnswer(
        import_id=import_.import_id,
        status=import_.state.value,
        dry_run=import_.is_trial,
        total=import_.lines,
        done=sum(counts),
        created=counts.created,
        updated=counts.updated,
        unchanged=counts.unchanged,
        failed=counts.failed,
        problem=ProblemAnswer(import_.problem.detail, import_.problem.errors) if import_.problem else None,
        created_at=import_.created_at,
        ended_at=import_.ended_at,
        lines=page.lines,
        next_cursor=cursors.make(_scope(import_), None if page.after is None else str(page.after)),
    )


def accepted_answer(accepted: Report | Import, cursors: Cursors) -> Response:
    """200 with a report, or 202 with the progress of an import, which has none yet."""
    if isinstance(accepted, Report):
        return Response(200, import_answer(accepted))
    return Response(202, progress_answer(accepted, ReportPage((), None), cursors))


def first_part(import_: Import, cursors: Cursors, cursor: str | None) -> int:
    """Of the page that a cursor leads to. Raises Malformed."""
    return int(cursors.read(_scope(import_), cursor) or 0)


def _scope(import_: Import) -> str:
    return f"imports/{import_.import_id}"
