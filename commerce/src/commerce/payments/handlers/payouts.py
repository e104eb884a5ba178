"""GET /admin/payouts"""

from datetime import UTC, datetime

from commerce.payments import wiring
from commerce.payments.domain.statement import COLUMNS, TooLong, days_of_month, statement
from shared.errors import FieldError, Invalid
from shared.http.api import Api
from shared.http.callers import FINANCE
from shared.http.contract import CSV
from shared.http.parameters import month, optional_whole_number
from shared.http.request import Request
from shared.http.response import Response
from shared.text.csv_text import csv_text

_MONTH = month("month", description="Of UTC.")
_DAY = optional_whole_number("day", 1, 31, description="Only this day of the month.")

app = Api(prime=(wiring.ledger,))


@app.route("GET /admin/payouts", callers=FINANCE, parameters=[_MONTH, _DAY], answers={200: CSV}, raises=[Invalid])
def get_payouts(request: Request) -> Response:
    """A month of the ledger of money for the accountant, as CSV: sales, refunds, disputes, fees, payouts."""
    first, day = request.value(_MONTH), request.value(_DAY)
    try:
        lines = statement(wiring.ledger(), days_of_month(first, day, datetime.now(UTC).date()))
    except TooLong as error:
        refusal = FieldError("month" if day is None else "day", "has more lines than fit into 6 MB")
        raise Invalid("Read the month day by day, with the parameter day.", [refusal]) from error
    name = f"payouts-{first:%Y-%m}{'' if day is None else f'-{day:02d}'}.csv"
    return Response(200, csv_text(COLUMNS, lines), {"Content-Disposition": f'attachment; filename="{name}"'})


handler = app
