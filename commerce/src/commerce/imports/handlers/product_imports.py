"""Imports of products: POST /products/imports, POST /products/imports/uploads, GET /products/imports/{importId}"""

from datetime import UTC, datetime

from commerce.imports import wiring
from commerce.imports.answers import ImportAnswer, ProgressAnswer, accepted_answer, first_part, progress_answer
from commerce.imports.domain.background import found
from commerce.imports.domain.report_pages import Listed, report_page
from commerce.imports.domain.starting import OfferedFile
from commerce.imports.requests import CSV_TYPES, MAX_BYTES, OfferFile, ProductsFile
from shared.http.api import Api
from shared.http.callers import ADMINS
from shared.http.contract import JSON
from shared.http.parameters import flag, optional_choice, optional_text
from shared.http.request import Request
from shared.http.response import Response
from shared.ids import new_id

_DRY_RUN = flag("dryRun", description="Report what an import would do, and do nothing.")
_OUTCOME = optional_choice("outcome", Listed, description="Only lines of which this became.")
_CURSOR = optional_text("cursor", max_length=1024, description="`nextCursor` of the previous page.")
_HOW, _PAGE = (_DRY_RUN,), (_OUTCOME, _CURSOR)
_FILES = {JSON: ProductsFile} | dict.fromkeys(CSV_TYPES, str)
_REPORT = {200: ImportAnswer, 202: ProgressAnswer}

app = Api(prime=(wiring.accepting, wiring.cursors))


@app.route(
    "POST /products/imports", callers=ADMINS, accepts=_FILES, max_body_bytes=MAX_BYTES, parameters=_HOW, answers=_REPORT
)
def import_products(request: Request) -> Response:
    """Admins import products from a CSV or JSON file, line by line; more than 1,000 go on in the background."""
    now, by, is_trial = datetime.now(UTC), request.caller.user_id, request.value(_DRY_RUN)
    file = request.bytes, request.content_type
    return accepted_answer(wiring.accepting().accept(new_id(now), *file, by, now, is_trial=is_trial), wiring.cursors())


@app.route("POST /products/imports/uploads", callers=ADMINS, body=OfferFile, answers={201: OfferedFile})
def offer_upload(request: Request[OfferFile]) -> OfferedFile:
    """Admins get a form that uploads a file of up to 50 MB within a quarter of an hour; then its import starts."""
    wanted, now = request.body.to_wanted(), datetime.now(UTC)
    return wiring.starter().offer(new_id(now), wanted, request.caller.user_id, now)


@app.route("GET /products/imports/{importId}", callers=ADMINS, parameters=_PAGE, answers={200: ProgressAnswer})
def get_import(request: Request) -> ProgressAnswer:
    """Admins see how far an import has come, and read the report on what is done."""
    import_ = found(wiring.imports(), request.path("importId"), datetime.now(UTC))
    outcome, part = request.value(_OUTCOME), first_part(import_, wiring.cursors(), request.value(_CURSOR))
    return progress_answer(import_, report_page(import_, wiring.files(), outcome, part), wiring.cursors())


handler = app
