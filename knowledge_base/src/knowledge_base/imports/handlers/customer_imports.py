"""POST /customers/imports"""

from knowledge_base.imports import wiring
from knowledge_base.imports.answers import CustomerImportAnswer, import_answer
from knowledge_base.imports.domain.importing import import_customers
from knowledge_base.imports.requests import MAX_FILE_BYTES, read_records, validate
from shared.http.api import Api
from shared.http.callers import ADMINS
from shared.http.parameters import flag
from shared.http.request import Request
from shared.resilience.deadline import Deadline

_WORK_SECONDS = 20  # of the 29 that the gateway waits: the last batch gets a few more

_DRY_RUN = flag("dryRun", description="Report what an import would do, and do nothing.")

app = Api(prime=(wiring.customer_facts,), kind="http")


@app.route(
    "POST /customers/imports",
    callers=ADMINS,
    accepts={"text/csv": str},
    max_body_bytes=MAX_FILE_BYTES,
    parameters=[_DRY_RUN],
    answers={200: CustomerImportAnswer},
)
def import_file_of_customers(request: Request) -> CustomerImportAnswer:
    """Admins import customers and their orders from `text/csv`; lines are independent."""
    deadline, is_trial = Deadline(_WORK_SECONDS), request.value(_DRY_RUN)
    records = read_records(request)
    return import_answer(import_customers(records, validate, wiring.customer_facts(), deadline, is_trial=is_trial))
