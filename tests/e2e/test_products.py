"""Browsing and editing the catalogue, on the running platform."""

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.clients import Api, Platform, User, eventually, is_problem

pytestmark = pytest.mark.platform

CUP = {"name": "China cup", "description": "", "category": "Homeware", "price": {"amount": 250, "currency": "GBP"}}


@pytest.fixture
def category() -> str:
    """A category that no other test uses."""
    return f"Cups {secrets.token_hex(6)}"


@pytest.fixture
def shop(commerce: Callable[..., Api], admin: User) -> Api:
    return commerce(admin)


def add(shop: Api, **changes: Any) -> dict[str, Any]:
    answer = shop("POST", "/products", json=CUP | {"stock": 2} | changes)
    assert answer.status_code == 201, answer.text
    added: dict[str, Any] = answer.json()
    return added


def test_everybody_browses_what_admins_put_up(shop: Api, commerce: Callable[..., Api], category: str) -> None:
    window = commerce()
    prices = [100, 300, 200, 500, 400]
    ids = {
        price: add(shop, category=category, price={"amount": price, "currency": "GBP"})["productId"] for price in prices
    }
    add(shop, category=category, status="draft")

    def listed(query: str) -> list[str]:
        pages, cursor = [], ""
        while True:
            page = window.get(f"/products?category={category}&limit=2&{query}{cursor}").json()
            pages += [item["productId"] for item in page["items"]]
            if page["nextCursor"] is None:
                return pages
            cursor = f"&cursor={page['nextCursor']}"

    assert listed("sort=price") == [ids[price] for price in sorted(prices)]
    assert listed("sort=-price&minPrice=200&maxPrice=400") == [ids[400], ids[300], ids[200]]
    assert listed("sort=newest") == [ids[price] for price in reversed(prices)]


def test_whoever_has_the_present_answer_gets_it_only_once(shop: Api, commerce: Callable[..., Api]) -> None:
    window, product_id = commerce(), add(shop)["productId"]
    path = f"/products/{product_id}"
    first = window.get(path)
    condition = {"If-None-Match": first.headers["ETag"]}

    again = window.get(path, headers=condition)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert "ETag" in again.headers["Access-Control-Expose-Headers"]
    head = window("HEAD", path)
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", first.headers["ETag"])

    shop("PUT", path, json=CUP | {"name": "Chipped cup", "stock": 2, "version": 1})
    changed = window.get(path, headers=condition)
    assert (changed.status_code, changed.json()["name"]) == (200, "Chipped cup")


@pytest.mark.parametrize(
    "path", ["/products", "/categories", "/search?q=books", "/search/suggestions?q=bo", "/gift-aid/declaration"]
)
def test_every_public_read_can_be_revalidated(path: str, commerce: Callable[..., Api]) -> None:
    window = commerce()
    tag = window.get(path).headers["ETag"]

    assert window.get(path, headers={"If-None-Match": f'"another", {tag}'}).status_code == 304
    assert window("HEAD", path, headers={"If-None-Match": tag}).status_code == 304


def test_long_lists_are_compressed_for_whoever_accepts_that(commerce: Callable[..., Api]) -> None:
    window = commerce()
    raw = window.get("/products?limit=100", headers={"Accept-Encoding": "identity"})
    small = window.get("/products?limit=100", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in raw.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.headers["Vary"] == "Accept-Encoding"
    assert int(small.headers["Content-Length"]) < int(raw.headers["Content-Length"]) / 2
    assert small.json() == raw.json()


def test_archived_product_leaves_the_window_and_can_still_be_read(
    shop: Api, commerce: Callable[..., Api], category: str
) -> None:
    product_id = add(shop, category=category)["productId"]

    assert shop("DELETE", f"/products/{product_id}").status_code == 200

    assert commerce().get(f"/products?category={category}").json()["items"] == []
    assert commerce().get(f"/products/{product_id}").json()["status"] == "archived"
    archived = shop.get(f"/admin/products?status=archived&category={category}").json()["items"]
    assert [item["productId"] for item in archived] == [product_id]


def test_of_fifty_admins_at_once_one_wins_and_the_others_hear_so(shop: Api) -> None:
    product = add(shop)

    def write(number: int) -> tuple[int, str]:
        answer = shop("PUT", f"/products/{product['productId']}", json=CUP | {"stock": number, "version": 1})
        if answer.status_code == 409:
            assert "at version 2, not 1" in is_problem(answer, 409)["detail"]
        return answer.status_code, answer.text

    with ThreadPoolExecutor(50) as admins:
        answers = list(admins.map(write, range(10, 60)))  # another value than the stored one, which would be no change

    assert sorted(status for status, _ in answers) == [200] + [409] * 49
    [winner] = [text for status, text in answers if status == 200]
    assert shop.get(f"/products/{product['productId']}").text == winner


def test_only_admins_keep_the_shop(shop: Api, commerce: Callable[..., Api], supporter: User, staff: User) -> None:
    product_id = add(shop)["productId"]
    for nobody, status in ((commerce(), 401), (commerce(supporter), 403), (commerce(staff), 403)):
        is_problem(nobody("POST", "/products", json=CUP | {"stock": 1}), status)
        is_problem(nobody("DELETE", f"/products/{product_id}"), status)
        is_problem(nobody.get("/admin/products"), status)

    is_problem(commerce(api_key=None).get("/products"), 403)


@pytest.mark.parametrize(
    "body",
    [
        '{"stock": NaN}',
        '{"stock": 1e999}',
        '{"name": "a", "name": "b"}',
        '{"name": "\\ud800"}',
        "[" * 10_000,
        "{" + ",".join(f'"k{number}": 0' for number in range(100_000)) + "}",
        "",
        "\x00",
    ],
    ids=["nan", "infinite", "twice", "surrogate", "deep", "keys", "empty", "nul"],
)
def test_hostile_bodies_are_refused(shop: Api, body: str) -> None:
    answer = shop("POST", "/products", data=body.encode(), headers={"Content-Type": "application/json"})

    assert answer.status_code in {400, 413}
    is_problem(answer, answer.status_code)


def test_writing_of_all_kinds_comes_back_as_it_was(shop: Api, commerce: Callable[..., Api]) -> None:
    name = "<script>alert(1)</script> ‮كوب‬ 🫖 'OR 1=1"
    product = add(shop, name=name, description="Line\n\ttwo")

    read = commerce().get(f"/products/{product['productId']}")

    assert (read.json()["name"], read.headers["Content-Type"]) == (name, "application/json")
    assert read.headers["X-Content-Type-Options"] == "nosniff"


@pytest.fixture
def heard(platform: Platform) -> Iterator[Callable[[], list[str]]]:
    """The ids of the shop's events that have been on the bus since."""
    queues, bus = platform.aws("sqs"), platform.aws("events")
    name = f"heard-{secrets.token_hex(6)}"
    url = queues.create_queue(QueueName=name)["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    on = platform.stack["EventBusName"]
    bus.put_rule(Name=name, EventBusName=on, EventPattern='{"source": ["almoner.commerce"]}')
    bus.put_targets(Rule=name, EventBusName=on, Targets=[{"Id": "queue", "Arn": arn}])
    bodies: list[str] = []

    def collect() -> list[str]:
        found = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in found:
            queues.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        bodies.extend(message["Body"] for message in found)
        return bodies

    yield collect
    bus.remove_targets(Rule=name, EventBusName=on, Ids=["queue"])
    bus.delete_rule(Name=name, EventBusName=on)
    queues.delete_queue(QueueUrl=url)


def test_other_contexts_hear_of_changes_and_of_the_last_pieces(shop: Api, heard: Callable[[], list[str]]) -> None:
    product_id = add(shop, stock=9)["productId"]
    shop("PUT", f"/products/{product_id}", json=CUP | {"stock": 1})

    expected = [f"ProductChanged-{product_id}-1", f"ProductChanged-{product_id}-2", f"StockLow-{product_id}-2"]
    eventually(lambda: all(any(event_id in body for body in heard()) for event_id in expected))
