"""What a search is narrowed by, in the query of a request."""

from collections.abc import Iterable
from typing import Any

from commerce.catalogue.queries import CATEGORY_AND_PRICES, category_asked_for, prices_asked_for
from commerce.search.domain.finding import Query, Sort
from shared.http.parameters import Parameter, choice, optional_text
from shared.http.request import Request

MAX_QUERY_LENGTH = 200

_WORDS = optional_text("q", max_length=MAX_QUERY_LENGTH)
_SORT = choice("sort", Sort, default=Sort.RELEVANCE)

SEARCH: Iterable[Parameter[Any]] = (_WORDS, _SORT, *CATEGORY_AND_PRICES)


def query_asked_for(request: Request) -> Query:
    """The beginning of a search. Raises Invalid."""
    least, most = prices_asked_for(request)
    return Query(
        words=request.value(_WORDS) or "",
        category=category_asked_for(request),
        min_price=least,
        max_price=most,
        sort=request.value(_SORT),
    )
