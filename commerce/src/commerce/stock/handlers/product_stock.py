"""The stock of a product: POST /products/{productId}/stock"""

from datetime import UTC, datetime

from commerce.stock import wiring
from commerce.stock.domain.counting import Adjusted
from commerce.stock.requests import AdjustStock
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.callers import ADMINS
from shared.http.request import Request
from shared.idempotency.claims import once

app = Api(prime=(wiring.stock_counts,))


@app.route(
    "POST /products/{productId}/stock",
    callers=ADMINS,
    body=AdjustStock,
    key="optional",
    answers={200: Adjusted},
    raises=[Conflict],
)
def adjust_stock(request: Request[AdjustStock]) -> object:
    """Admins add pieces to the stock of goods or take some out; with `seen`, only if it is still that."""
    product_id, adjustment, now = request.path("productId"), request.body.to_adjustment(), datetime.now(UTC)
    counts, by, claim = wiring.stock_counts(), request.caller.user_id, request.claim
    return once(claim, wiring.first_answers(), now, lambda: counts.adjust(product_id, adjustment, by, now, claim))


handler = app
