"""GET /products/export"""

from datetime import UTC, datetime

from commerce.imports import wiring
from commerce.imports.domain.export import ExportLink, exported
from shared.http.api import Api
from shared.http.callers import ADMINS
from shared.http.contract import CSV
from shared.http.request import Request
from shared.http.response import Response
from shared.ids import new_id
from shared.resilience.deadline import REQUEST_SECONDS, time_for

_MAX_BODY_BYTES = 5 * 1024 * 1024  # Lambda answers 6 MB, and JSON makes a text longer
_FOR_ANSWERING = 5
_FILE_NAME = "products.csv"

app = Api(prime=(wiring.catalogue, wiring.exports))


@app.route("GET /products/export", callers=ADMINS, answers={200: CSV, 303: ExportLink})
def export_products(_: Request) -> Response:
    """Admins get all products as CSV, which can be imported again; a large file from where `Location` leads."""
    text = exported(wiring.catalogue(), lambda: time_for(REQUEST_SECONDS) > _FOR_ANSWERING)
    content = text.encode()
    if len(content) <= _MAX_BODY_BYTES:
        return Response(200, text, {"Content-Disposition": f'attachment; filename="{_FILE_NAME}"'})
    now = datetime.now(UTC)
    link = wiring.exports().put(new_id(now), content, _FILE_NAME, now)
    return Response(303, link, {"Location": link.url})


handler = app
