"""POST /products/imports"""

from commerce.imports import wiring
from commerce.imports.answers import ImportAnswer, import_answer
from commerce.imports.requests import MAX_FILE_BYTES, ProductsFile, line_validator, read_records
from shared.http.api import Api
from shared.http.callers import ADMINS
from shared.http.contract import JSON
from shared.http.parameters import flag
from shared.http.request import Request
from shared.resilience.deadline import Deadline

_WORK_SECONDS = 20  # of the 29 that the gateway waits: the last writes get a few more

_DRY_RUN = flag("dryRun", description="Report what an import would do, and do nothing.")

app = Api(prime=(wiring.importer, wiring.currency))


@app.route(
    "POST /products/imports",
    callers=ADMINS,
    accepts={JSON: ProductsFile, "text/csv": str},
    max_body_bytes=MAX_FILE_BYTES,
    parameters=[_DRY_RUN],
    answers={200: ImportAnswer},
)
def import_products(request: Request) -> ImportAnswer:
    """Admins import products from `text/csv` or `application/json`; lines are independent."""
    deadline = Deadline(_WORK_SECONDS)
    is_trial = request.value(_DRY_RUN)
    report = wiring.importer().run(
        read_records(request), line_validator(wiring.currency()), deadline, is_trial=is_trial
    )
    return import_answer(report)


handler = app
