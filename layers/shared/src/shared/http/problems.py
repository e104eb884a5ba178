"""Problem details (RFC 9457): how a failure is described to a client, over HTTP and over sockets alike."""

from collections.abc import Mapping

from shared.errors import INTERNAL_ERROR, AlmonerError, Conflict, FieldError, Invalid, Malformed
from shared.http.statuses import status_of
from shared.text.characters import clipped


def problem_of(error: AlmonerError | None) -> Mapping[str, object]:
    """`title`, `status`, `detail` and, where fields are wrong, `errors`. None is an internal error."""
    status = status_of(error)
    detail = INTERNAL_ERROR if error is None else error.detail
    problem: dict[str, object] = {"title": status.phrase, "status": int(status), "detail": detail}
    if isinstance(error, (Malformed, Conflict, Invalid)) and error.errors:
        problem["errors"] = [FieldError(clipped(each.field), clipped(each.message, 300)) for each in error.errors]
    return problem
