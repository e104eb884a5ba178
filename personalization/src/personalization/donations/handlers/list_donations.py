"""GET /donations?userId=&limit=&cursor="""

from personalization.donations import wiring
from personalization.donations.answers import donations_answer, donations_scope
from personalization.donations.domain.donations import LONGEST_PAGE, PAGE_SIZE
from personalization.donations.domain.giving import read_ledger
from shared.http.routes import Request, Response, route


@route
def handler(request: Request) -> Response:
    """Supporters read their own ledger, staff anyone's; 404 otherwise. Anonymous gifts: the donor and finance staff."""
    user_id = request.query("userId")
    limit = request.whole_number("limit", least=1, most=LONGEST_PAGE, default=PAGE_SIZE)
    after = wiring.cursors().read(donations_scope(user_id), request.optional_query("cursor"))
    page = read_ledger(request.caller, user_id, wiring.ledger(), after, limit)
    return Response(donations_answer(user_id, page, wiring.cursors()))
