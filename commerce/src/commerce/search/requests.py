"""The query parameters of a search."""

from collections.abc import Iterable
from typing import Any

from commerce.catalogue.domain.products import Kind
from commerce.catalogue.requests.listings import PRICES, read_price_range
from commerce.search.domain.finding import Query, Sort
from shared.http.parameters import Parameter, choice, flag, line, optional_choice, optional_line, several
from shared.http.request import Request

MAX_QUERY_LENGTH = 200
_MAX_VALUES = 20

_WORDS = optional_line("q", max_length=MAX_QUERY_LENGTH)
_SORT = choice(
    "sort",
    Sort,
    default=Sort.RELEVANCE,
    description="`relevance` and `availability` have what is sold out last; without `q`, both begin with the newest.",
)
_CATEGORIES = several(line("category", description="Any of these."), max_values=_MAX_VALUES)
_KIND = optional_choice("kind", Kind)
_TAGS = several(line("tag", description="All of these."), max_values=_MAX_VALUES)
_IN_STOCK = flag("inStock", description="Leaves out what is sold out.")

SEARCH: Iterable[Parameter[Any]] = (_WORDS, _SORT, _CATEGORIES, _KIND, _TAGS, _IN_STOCK, *PRICES)


def read_query(request: Request) -> Query:
    """The first page of a search. Raises Invalid."""
    min_price, max_price = read_price_range(request)
    return Query(
        words=request.value(_WORDS) or "",
        categories=request.value(_CATEGORIES),
        kind=request.value(_KIND),
        tags=request.value(_TAGS),
        in_stock=request.value(_IN_STOCK),
        min_price=min_price,
        max_price=max_price,
        sort=request.value(_SORT),
    )
