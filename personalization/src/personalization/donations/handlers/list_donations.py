"""GET /donations?userId=&from=&to=&limit=&cursor="""

from personalization.donations import wiring
from personalization.donations.answers import DonationList, donations_answer, donations_scope
from personalization.donations.domain.donations import MAX_PAGE_SIZE, PAGE_SIZE
from personalization.donations.domain.giving import read_ledger
from shared.errors import Invalid, NotFound
from shared.http.api import Api
from shared.http.parameters import paging, text
from shared.http.periods import FROM, TO, read_period
from shared.http.request import Request

app = Api(prime=(wiring.ledger, wiring.cursors))

_USER_ID = text("userId")
_PAGE = paging(size=PAGE_SIZE, max_size=MAX_PAGE_SIZE)


@app.route(
    "GET /donations", parameters=[_USER_ID, FROM, TO, *_PAGE], answers={200: DonationList}, raises=[NotFound, Invalid]
)
def list_donations(request: Request) -> DonationList:
    """Supporters read their own ledger, staff anyone's; anonymous gifts are shown to the donor and to finance staff."""
    user_id, period, cursors = request.value(_USER_ID), read_period(request), wiring.cursors()
    scope = donations_scope(user_id, period)
    page = read_ledger(request.caller, user_id, period, wiring.ledger(), *request.page(cursors, scope))
    return donations_answer(page, scope, cursors)


handler = app
