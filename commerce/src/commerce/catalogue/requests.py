"""What clients send: products, and the query parameters of lists."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from commerce.catalogue.domain.catalogue import Details, Listing, Sort, listing_of
from commerce.catalogue.domain.products import Kind, Status, label
from shared.errors import FieldError, Invalid
from shared.http.bodies import AmountOfMoney
from shared.http.fields import Body, distinct, not_null, printed, written
from shared.http.parameters import Parameter, optional_choice, optional_text, optional_whole_number
from shared.http.request import Request
from shared.money import MAX_MINOR_UNITS

MAX_STOCK = 1_000_000

type KindOfProduct = Literal["goods", "donation"]
type StatusOfProduct = Literal["draft", "active", "archived"]
type Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(printed)]
type Category = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(printed), AfterValidator(label)]
type Description = Annotated[str, Field(max_length=5_000), AfterValidator(lambda text: text and written(text))]
type Tag = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(printed), AfterValidator(label)]
type Tags = Annotated[list[Tag], Field(max_length=20), AfterValidator(distinct)]
type Stock = Annotated[int, Field(ge=0, le=MAX_STOCK)]


class AddProduct(Body):
    """Goods have a stock, donation items have none."""

    MAX_BODY_BYTES = 128 * 1024  # the longest product, where JSON spells every character as \\uXXXX\\uXXXX, has 72 KB

    kind: KindOfProduct = "goods"
    name: Name
    description: Description = ""
    category: Category
    tags: Tags = []
    price: AmountOfMoney
    stock: Annotated[Stock | None, BeforeValidator(not_null)] = None
    status: Annotated[StatusOfProduct | None, BeforeValidator(not_null)] = None

    def to_details(self) -> Details:
        return Details(
            kind=Kind(self.kind),
            name=self.name,
            description=self.description,
            category=self.category,
            tags=tuple(self.tags),
            price=self.price.to_money(),
            stock=self.stock,
            status=Status(self.status) if self.status else None,
        )


class ChangeProduct(AddProduct):
    """With a `version`, only if it is the current one."""

    version: Annotated[Annotated[int, Field(ge=1)] | None, BeforeValidator(not_null)] = None


# --- Query parameters

_SORT = optional_choice("sort", Sort)
_CATEGORY = optional_text("category")
_MIN_PRICE = optional_whole_number("minPrice", 0, MAX_MINOR_UNITS, description="In minor units.")
_MAX_PRICE = optional_whole_number("maxPrice", 0, MAX_MINOR_UNITS, description="In minor units.")

CATEGORY_AND_PRICES: Iterable[Parameter[Any]] = (_CATEGORY, _MIN_PRICE, _MAX_PRICE)
LISTING: Iterable[Parameter[Any]] = (_SORT, *CATEGORY_AND_PRICES)


def read_listing(request: Request, status: Status) -> Listing:
    """Raises Invalid."""
    min_price, max_price = read_price_range(request)
    return listing_of(read_category(request), request.value(_SORT), min_price, max_price, status)


def read_category(request: Request) -> str | None:
    """In its normalized form."""
    category = request.value(_CATEGORY)
    return None if category is None else label(category)


def read_price_range(request: Request) -> tuple[int | None, int | None]:
    """Both ends, in minor units. Raises Invalid."""
    min_price, max_price = request.value(_MIN_PRICE), request.value(_MAX_PRICE)
    if min_price is not None and max_price is not None and min_price > max_price:
        message = "must not be greater than maxPrice"
        raise Invalid(f"minPrice {message}.", [FieldError("minPrice", message)])
    return min_price, max_price
