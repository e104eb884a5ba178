"""POST /products/imports"""

from commerce.catalogue.domain.catalogue import require_admin
from commerce.imports import wiring
from commerce.imports.answers import import_answer
from commerce.imports.files import asked_records
from commerce.imports.requests import judge_of_shop
from shared.http.routes import Request, Response, route
from shared.resilience.deadline import Deadline

_WORK_SECONDS = 20  # of the 29 that the gateway waits: the last writes have some more


@route
def handler(request: Request) -> Response:
    """Admins import products, from `text/csv` or `application/json`, each line for itself; 403 otherwise."""
    deadline = Deadline(_WORK_SECONDS)
    require_admin(request.caller)  # before a word about the body
    report = wiring.importer().run(asked_records(request), judge_of_shop(wiring.currency()), deadline)
    return Response(import_answer(report))
