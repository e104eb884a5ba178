"""Which run clients mean."""

from shared.http.request import Request


def run_key(request: Request) -> tuple[str, str, str]:
    """The ids of the run that a path names, of the caller whose run it has to be, and of the run's subject."""
    user_id = request.caller.user_id
    subject = request.path("projectId") if "{projectId}" in request.route.path else user_id
    return request.path("runId"), user_id, subject
