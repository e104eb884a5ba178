"""GET /categories"""

from commerce.categories import wiring
from commerce.categories.answers import CategoriesAnswer, categories_answer
from shared.http.api import Api
from shared.http.callers import ANYBODY
from shared.http.contract import public
from shared.http.edge import is_cached_by_gateway
from shared.http.request import Request

app = Api(prime=(wiring.categories,))


@app.route(
    "GET /categories",
    callers=ANYBODY,
    answers={200: CategoriesAnswer},
    cache_control=public(max_age_seconds=60),
    cached_by_gateway=is_cached_by_gateway,
)
def list_categories(request: Request) -> CategoriesAnswer:  # noqa: ARG001  every route gets it
    """Everybody sees which categories have products on sale, and how many; seconds behind the catalogue."""
    return categories_answer(wiring.categories().with_products())


handler = app
