"""Gift Aid: GET /gift-aid/declaration, GET /admin/gift-aid?from=&to="""

from datetime import UTC, datetime

from commerce.checkout.domain.declarations import declarations_on
from commerce.gift_aid import wiring
from commerce.gift_aid.answers import DeclarationText
from commerce.gift_aid.domain.schedule import COLUMNS, MAX_DAYS, TooLong, schedule
from shared.errors import FieldError, Invalid
from shared.http.api import Api
from shared.http.callers import ANYBODY, FINANCE
from shared.http.contract import CSV, public
from shared.http.parameters import day
from shared.http.request import Request
from shared.http.response import Response
from shared.text.csv_text import csv_text

_FROM = day("from", description="The first day, of the charity's time zone.")
_TO = day("to", description="The last day.")
_CACHED = public(max_age_seconds=300)

app = Api(prime=(wiring.orders, wiring.zone))


@app.route("GET /gift-aid/declaration", callers=ANYBODY, answers={200: DeclarationText}, cache_control=_CACHED)
def get_declaration(_: Request) -> DeclarationText:
    """The text that donors agree to where they declare Gift Aid in a checkout."""
    return DeclarationText.of(declarations_on(datetime.now(UTC).date())[-1], wiring.charity())


@app.route("GET /admin/gift-aid", callers=FINANCE, parameters=[_FROM, _TO], answers={200: CSV}, raises=[Invalid])
def get_gift_aid(request: Request) -> Response:
    """The gifts of these days with a Gift Aid declaration, as CSV in the columns of HMRC's schedule."""
    first, last = request.value(_FROM), request.value(_TO)
    if not 0 <= (last - first).days < MAX_DAYS:
        refusal = FieldError("to", f"must be from, or at most {MAX_DAYS - 1} days later")
        raise Invalid("The days are no period.", [refusal])
    try:
        lines = schedule(wiring.orders(), first, last, wiring.zone())
    except TooLong as error:
        refusal = FieldError("to", "must be earlier: there are more gifts than fit into one schedule")
        raise Invalid("Ask for fewer days.", [refusal]) from error
    name = f"gift-aid-{first}-{last}.csv"
    return Response(200, csv_text(COLUMNS, lines), {"Content-Disposition": f'attachment; filename="{name}"'})


handler = app
