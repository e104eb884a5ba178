import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from commerce.catalogue.domain.products import Kind, Status
from commerce.catalogue.handlers.product_editing import handler
from tests.commerce.calls import ADMIN, call
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import a_donation_item, a_product
from tests.shared.gateway_events import access_claims

pytestmark = pytest.mark.usefixtures("edge", "products")

CUP = {
    "name": "China cup",
    "description": "With a saucer.",
    "category": "Homeware",
    "tags": ["kitchen"],
    "price": {"amount": 250, "currency": "GBP"},
    "stock": 2,
    "status": "active",
}
MEAL = {"kind": "donation", "name": "A warm meal", "category": "Gifts", "price": {"amount": 300, "currency": "GBP"}}


def add(body: object, **more: Any) -> tuple[int, Any]:
    return call(handler, "POST /products", body, **({"claims": ADMIN} | more))


def change(body: object, product_id: str = "teapot", **more: Any) -> tuple[int, Any]:
    return call(handler, "PUT /products/{productId}", body, productId=product_id, **({"claims": ADMIN} | more))


def archive(product_id: str = "teapot", **more: Any) -> tuple[int, Any]:
    return call(handler, "DELETE /products/{productId}", productId=product_id, **({"claims": ADMIN} | more))


def test_admins_add_products(products: FakeProducts) -> None:
    status, added = add(CUP)

    assert status == 201
    assert added.pop("createdAt") == added.pop("updatedAt")
    assert added == CUP | {"productId": "product-1", "kind": "goods", "images": [], "version": 1}
    kept = products.find("product-1")
    assert kept is not None
    assert (kept.name, kept.stock, kept.status) == ("China cup", 2, Status.ACTIVE)


def test_new_product_is_active_unless_said_otherwise() -> None:
    without = {name: value for name, value in CUP.items() if name not in {"status", "description", "tags"}}

    assert add(without)[1]["status"] == "active"
    assert add(CUP | {"status": "draft"})[1]["status"] == "draft"


@pytest.mark.parametrize("stock", [{}, {"stock": None}], ids=["left out", "null"])
def test_donation_items_have_no_stock(stock: dict[str, None]) -> None:
    status, added = add(MEAL | stock)

    assert (status, added["kind"], added["stock"]) == (201, "donation", None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (CUP | {"price": {"amount": 250, "currency": "USD"}}, "price.currency"),
        (MEAL | {"stock": 4}, "stock"),
        (CUP | {"stock": -1}, "stock"),
        (CUP | {"stock": 1.5}, "stock"),
        (CUP | {"stock": True}, "stock"),
        (CUP | {"stock": None}, "stock"),
        (CUP | {"stock": 10**30}, "stock"),
        (CUP | {"price": {"amount": 0, "currency": "GBP"}}, "price.amount"),
        (CUP | {"price": {"amount": -250, "currency": "GBP"}}, "price.amount"),
        (CUP | {"price": {"amount": 2.5, "currency": "GBP"}}, "price.amount"),
        (CUP | {"price": 250}, "price"),
        (CUP | {"name": " "}, "name"),
        (CUP | {"name": "two\nlines"}, "name"),
        (CUP | {"name": "two\u2028lines"}, "name"),
        (CUP | {"name": "\u200b"}, "name"),  # nothing to see
        (CUP | {"description": "\u200b\n\ufeff"}, "description"),
        (CUP | {"category": "\u00a0\u200b"}, "category"),
        (CUP | {"name": "x" * 201}, "name"),
        (CUP | {"description": "\x00"}, "description"),
        (CUP | {"description": "x" * 5001}, "description"),
        (CUP | {"tags": ["same", "same"]}, "tags"),
        (CUP | {"tags": ["same", " same"]}, "tags"),
        (CUP | {"tags": [str(number) for number in range(21)]}, "tags"),
        (CUP | {"status": "sold"}, "status"),
        (CUP | {"kind": "service"}, "kind"),
        (CUP | {"colour": "blue"}, "colour"),
        ([CUP], "body"),
    ],
)
def test_errors_are_listed_by_field_and_nothing_is_written(products: FakeProducts, body: object, field: str) -> None:
    for status, problem in (add(body), change(body)):
        assert (status, problem["errors"][0]["field"]) == (422, field)

    assert products.by_id == {"teapot": a_product()}


@pytest.mark.parametrize(
    "name", ["كوب ‮ cup", "<script>alert(1)</script>", "=HYPERLINK()", "éclair 🫖", "'; DROP TABLE"]
)
def test_any_writing_is_kept_as_text(name: str) -> None:
    status, added = add(CUP | {"name": name})

    assert (status, added["name"]) == (201, name)


def test_names_categories_and_tags_that_look_the_same_are_the_same() -> None:
    names = {"name": "Cafe\u0301  cup ", "category": " Cafe\u0301 \u00a0 bar", "tags": ["re\u0301tro "]}

    added = add(CUP | names)[1]

    assert {field: added[field] for field in names} == {"name": "Café cup", "category": "Café bar", "tags": ["rétro"]}


def test_longest_product_fits_whichever_way_its_json_is_written() -> None:
    longest = CUP | {
        "name": "\U0001f600" * 200,
        "description": "\U0001f600" * 5000,
        "category": "\U0001f600" * 60,
        "tags": [chr(0x1F600 + number) * 40 for number in range(20)],
    }

    assert add(json.dumps(longest))[0] == add(json.dumps(longest, ensure_ascii=False))[0] == 201


@pytest.mark.parametrize("body", ['{"name": NaN}', '{"name": "a", "name": "b"}', '{"name": "\\ud800"}', "[" * 100, "{"])
def test_what_cannot_be_read_is_malformed(body: str) -> None:
    assert add(body)[0] == 400
    assert change(body)[0] == 400


@pytest.mark.parametrize("groups", [None, "staff", "finance"])
def test_nobody_but_admins_keeps_the_shop(products: FakeProducts, groups: str | None) -> None:
    claims = access_claims("ada", groups)

    assert add("not even read", claims=claims)[0] == 403
    assert change(CUP, claims=claims)[0] == 403
    assert archive(claims=claims)[0] == 403
    assert call(handler, "GET /admin/products", claims=claims)[0] == 403
    assert call(handler, "GET /admin/products/{productId}", claims=claims, productId="teapot")[0] == 403
    assert products.by_id == {"teapot": a_product()}


def test_no_token_is_unauthenticated() -> None:
    assert add(CUP, claims=None)[0] == 401


def test_key_makes_one_product_however_often_it_is_sent(products: FakeProducts) -> None:
    key = {"Idempotency-Key": "k1"}
    first, again = add(CUP, headers=key), add(CUP, headers=key)

    assert first == again
    assert first[0] == 201
    assert add(CUP | {"stock": 3}, headers=key)[0] == 422
    assert len(products.by_id) == 2


def test_admins_replace_the_version_that_they_have_seen() -> None:
    status, changed = change(CUP | {"version": 1})

    assert (status, changed["version"], changed["name"]) == (200, 2, "China cup")
    assert changed["images"][0]["imageId"] == "front"
    assert changed["createdAt"] < changed["updatedAt"]


def test_another_version_is_a_conflict_that_names_the_present_one(products: FakeProducts) -> None:
    change(CUP)

    status, problem = change(CUP | {"name": "Overwritten", "version": 1})

    assert status == 409
    assert "at version 2, not 1" in problem["detail"]
    assert problem["errors"] == [{"field": "version", "message": "is 2 now"}]
    assert products.by_id["teapot"].name == "China cup"


def test_repeated_change_changes_nothing_more() -> None:
    assert change(CUP)[1]["version"] == 2
    assert change(CUP)[1]["version"] == 2


def test_of_many_changes_at_once_all_are_done_one_after_the_other_or_refused(products: FakeProducts) -> None:
    def write(number: int) -> int:
        return change(CUP | {"stock": number, "version": 1})[0]

    with ThreadPoolExecutor(10) as admins:
        statuses = list(admins.map(write, range(50)))

    assert sorted(statuses) == [200] + [409] * 49
    assert products.by_id["teapot"].version == 2


@pytest.mark.parametrize("name", ["kind", "description", "tags", "stock", "status"])
def test_what_is_left_out_of_a_change_stays(name: str) -> None:
    change(CUP | {"status": "draft"})
    without = {each: value for each, value in CUP.items() if each != name}

    status, changed = change(without | {"name": "Another"})

    assert (status, changed["name"]) == (200, "Another")
    assert changed[name] == (CUP | {"status": "draft", "kind": "goods"})[name]


def test_stock_does_not_go_over_to_another_kind() -> None:
    assert change(MEAL)[1]["stock"] is None
    status, problem = change({name: value for name, value in CUP.items() if name != "stock"} | {"kind": "goods"})
    assert (status, problem["errors"][0]["field"]) == (422, "stock")
    assert add({name: value for name, value in CUP.items() if name != "stock"})[0] == 422


def test_stock_is_set_until_it_has_moved(products: FakeProducts) -> None:
    assert change(CUP | {"stock": 9})[1]["stock"] == 9
    assert products.by_id["teapot"].opening_stock == 9
    products.move("teapot", -1)

    for stock in (9, 7, 0):
        status, problem = change(CUP | {"stock": stock})
        assert status == 409
        assert problem["errors"] == [
            {
                "field": "stock",
                "message": "has moved and is 8 now: leave it out, and change it by POST /products/{productId}/stock",
            }
        ]

    unchanged, renamed = change(CUP | {"stock": 8}), change({**CUP, "name": "Mug", "stock": 8})
    assert (unchanged[0], renamed[0], renamed[1]["name"], renamed[1]["stock"]) == (200, 200, "Mug", 8)


def test_goods_whose_stock_has_moved_stay_goods(products: FakeProducts) -> None:
    products.move("teapot", -4)

    status, problem = change(MEAL)

    assert (status, problem["errors"][0]["field"]) == (409, "kind")
    assert products.by_id["teapot"].kind is Kind.GOODS


def test_sale_does_not_make_the_version_that_an_admin_has_seen_an_old_one(products: FakeProducts) -> None:
    products.move("teapot", -1)
    without = {name: value for name, value in CUP.items() if name != "stock"}

    status, changed = change(without | {"version": 1})

    assert (status, changed["version"], changed["stock"]) == (200, 2, 3)


def test_status_stays_where_it_is_not_said() -> None:
    archive()
    without = {name: value for name, value in CUP.items() if name != "status"}

    assert change(without)[1]["status"] == "archived"
    assert change(CUP)[1]["status"] == "active"


def test_what_is_not_there_cannot_be_changed() -> None:
    assert change(CUP, "nothing")[0] == 404
    assert archive("nothing")[0] == 404
    assert call(handler, "GET /admin/products/{productId}", claims=ADMIN, productId="nothing")[0] == 404


def test_archiving_twice_is_archiving_once() -> None:
    first, again = archive(), archive()

    assert first == again
    assert (first[0], first[1]["status"], first[1]["version"]) == (200, "archived", 2)


def test_only_the_version_that_was_seen_is_archived() -> None:
    change(CUP)

    stale = archive(query={"version": "1"})
    first, again = archive(query={"version": "2"}), archive(query={"version": "2"})

    assert stale[0] == 409
    assert "version 2" in stale[1]["detail"]
    assert first == again
    assert (first[0], first[1]["status"], first[1]["version"]) == (200, "archived", 3)


def test_admins_see_what_customers_do_not(products: FakeProducts) -> None:
    products.add(a_product("draft", status=Status.DRAFT))
    products.add(a_donation_item())

    def ids(**query: str) -> list[str]:
        _, answer = call(handler, "GET /admin/products", claims=ADMIN, query=query)
        return [item["productId"] for item in answer["items"]]

    assert sorted(ids()) == ["nursing", "teapot"]
    assert ids(status="draft") == ["draft"]
    assert call(handler, "GET /admin/products/{productId}", claims=ADMIN, productId="draft")[0] == 200
    assert call(handler, "GET /admin/products", claims=ADMIN, query={"status": "lost"})[0] == 422
