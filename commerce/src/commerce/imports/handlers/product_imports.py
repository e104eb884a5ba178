"""Imports of products: POST /products/imports, POST /products/imports/uploads, GET /products/imports/{importId}"""

from datetime import UTC, datetime

from commerce.imports import wiring
from commerce.imports.answers import ImportAnswer, ProgressAnswer, cursor_scope, import_answer, progress_answer
from commerce.imports.domain.background import found
from commerce.imports.domain.grouping import in_order
from commerce.imports.domain.importing import Provenance
from commerce.imports.domain.lines import MAX_LINES_AT_ONCE
from commerce.imports.domain.report_pages import Listed, ReportPage, report_page
from commerce.imports.domain.starting import OfferedFile
from commerce.imports.requests import CSV_TYPES, MAX_FILE_BYTES, OfferFile, ProductsFile, line_validator, read_file
from shared.errors import NotFound
from shared.http.api import Api
from shared.http.callers import ADMINS
from shared.http.contract import JSON
from shared.http.parameters import flag, optional_choice, optional_text
from shared.http.request import Request
from shared.http.response import Response
from shared.ids import new_id
from shared.resilience.deadline import Deadline

_WORK_SECONDS = 20  # of the 29 that the gateway waits: the last writes get a few more

_DRY_RUN = flag("dryRun", description="Report what an import would do, and do nothing.")
_OUTCOME = optional_choice("outcome", Listed, description="Only lines of which this became.")
_CURSOR = optional_text("cursor", max_length=1024, description="`nextCursor` of the previous page.")

app = Api(prime=(wiring.importer, wiring.starter, wiring.cursors, wiring.currency))


@app.route(
    "POST /products/imports",
    callers=ADMINS,
    accepts={JSON: ProductsFile} | dict.fromkeys(CSV_TYPES, str),
    max_body_bytes=MAX_FILE_BYTES,
    parameters=[_DRY_RUN],
    answers={200: ImportAnswer, 202: ProgressAnswer},
)
def import_products(request: Request) -> Response:
    """Admins import products from a CSV or JSON file; lines are independent.

    The answer to a file of up to 1,000 lines is the report; a longer one goes on in the background.
    """
    now, is_trial, by = datetime.now(UTC), request.value(_DRY_RUN), request.caller.user_id
    content, content_type, import_id = request.bytes, request.content_type, new_id(now)
    records = in_order(read_file(content, content_type, wiring.currency()))
    if len(records) > MAX_LINES_AT_ONCE:
        started = wiring.starter().start(import_id, content, content_type, by, now, is_trial=is_trial)
        return Response(202, progress_answer(started, ReportPage((), None), wiring.cursors()))
    provenance, deadline = Provenance(import_id, by, now), Deadline(_WORK_SECONDS)
    validate = line_validator(wiring.currency())
    return Response(
        200, import_answer(wiring.importer().run(records, validate, provenance, deadline, is_trial=is_trial))
    )


@app.route("POST /products/imports/uploads", callers=ADMINS, body=OfferFile, answers={201: OfferedFile})
def offer_upload(request: Request[OfferFile]) -> OfferedFile:
    """Admins get a form that uploads a file of up to 50 MB within a quarter of an hour; then its import starts."""
    now = datetime.now(UTC)
    return wiring.starter().offer(new_id(now), request.body.to_wanted(), request.caller.user_id, now)


@app.route(
    "GET /products/imports/{importId}",
    callers=ADMINS,
    parameters=[_OUTCOME, _CURSOR],
    answers={200: ProgressAnswer},
    raises=[NotFound],
)
def get_import(request: Request) -> ProgressAnswer:
    """Admins see how far an import has come, and read the report on what is done."""
    import_ = found(wiring.imports(), request.path("importId"), datetime.now(UTC))
    part = wiring.cursors().read(cursor_scope(import_.import_id), request.value(_CURSOR))
    page = report_page(import_, wiring.files(), request.value(_OUTCOME), int(part or 0))
    return progress_answer(import_, page, wiring.cursors())


handler = app
