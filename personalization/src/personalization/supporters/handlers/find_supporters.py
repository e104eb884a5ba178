"""GET /supporters"""

from personalization.supporters import wiring
from personalization.supporters.answers import SupporterList, supporters_answer, supporters_scope
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.parameters import optional_line, paging
from shared.http.request import Request
from shared.people.finding import find_people

app = Api(prime=(wiring.directory, wiring.cursors))

_Q = optional_line("q", description="What words of the name, or the e-mail address, begin with: all of several words.")


@app.route("GET /supporters", callers=STAFF, parameters=[_Q, *paging()], answers={200: SupporterList})
def find_supporters(request: Request) -> SupporterList:
    """Staff find supporters by name or address."""
    query, cursors = request.value(_Q), wiring.cursors()
    page = find_people(wiring.directory(), query, *request.page(cursors, supporters_scope(query)))
    return supporters_answer(query, page, cursors)


handler = app
