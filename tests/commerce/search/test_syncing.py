"""Changes reach the index whatever happens on the way."""

from typing import Any

import pytest

from commerce.catalogue.domain.products import Status
from commerce.search.adapters.product_changes import change_of
from commerce.search.domain.following import Entry, entry_of
from commerce.search.domain.syncing import Change, Poison, follow
from shared.errors import Unavailable
from tests.commerce.examples import a_product
from tests.commerce.search.fake_index import FakeDeadLetters, FakeIndex
from tests.commerce.search.records import entry, image, record, tombstone


@pytest.fixture
def index() -> FakeIndex:
    return FakeIndex()


@pytest.fixture
def dead_letters() -> FakeDeadLetters:
    return FakeDeadLetters()


# --- One batch


def test_newest_entry_of_each_product_is_written(index: FakeIndex, dead_letters: FakeDeadLetters) -> None:
    batch = [Change("1", entry("a", 2)), Change("2", entry("b")), Change("3", entry("a", 3)), Change("4", entry("a"))]

    assert follow(batch, index, dead_letters) is None

    assert index.entries == {"a": entry("a", 3), "b": entry("b")}


def test_where_the_engine_is_down_all_comes_again(index: FakeIndex, dead_letters: FakeDeadLetters) -> None:
    index.failures = [1]

    assert follow([Poison("1", None, "?"), Change("2", entry("a"))], index, dead_letters) == "1"

    assert dead_letters.kept == []


def test_poison_is_put_aside_and_the_others_go_on(index: FakeIndex, dead_letters: FakeDeadLetters) -> None:
    poison = Poison("1", "a", "cannot be read: KeyError")

    assert follow([poison, Change("2", entry("b"))], index, dead_letters) is None

    assert dead_letters.kept == [poison]
    assert index.found() == {"b"}


def test_what_the_engine_never_takes_is_put_aside(index: FakeIndex, dead_letters: FakeDeadLetters) -> None:
    index.refused = {"a"}

    assert follow([Change("1", entry("a")), Change("2", entry("b"))], index, dead_letters) is None

    assert dead_letters.kept == [Poison("1", "a", "too strange")]
    assert index.found() == {"b"}


def test_poison_that_cannot_be_put_aside_comes_again(index: FakeIndex, dead_letters: FakeDeadLetters) -> None:
    dead_letters.failures = 1

    assert follow([Change("1", entry("a")), Poison("2", None, "?")], index, dead_letters) == "1"


def test_nothing_to_follow_is_nothing_to_do(index: FakeIndex, dead_letters: FakeDeadLetters) -> None:
    index.failures = [0]

    assert follow([], index, dead_letters) is None


# --- What records say


def test_written_product_is_found_if_customers_may_see_it() -> None:
    shown, hidden = a_product("a"), a_product("b", status=Status.ARCHIVED, version=3)

    assert [change_of(record(shown, "7")), change_of(record(hidden, "8", old=a_product("b", version=2)))] == [
        Change("7", Entry("a", 1, shown)),
        Change("8", tombstone("b", 3)),
    ]


def test_sale_is_newer_than_the_version_that_it_sells() -> None:
    sold = a_product("a", version=4, revision=9)

    assert change_of(record(sold, "7")) == Change("7", Entry("a", 9, sold))
    assert change_of(record(None, "7", old=sold)) == Change("7", tombstone("a", 10))


def test_product_of_before_stock_had_movements_is_as_new_as_its_version() -> None:
    old = record(a_product("a", version=4), "7")
    for name in ("revision", "movements", "openingStock"):
        del old["dynamodb"]["NewImage"][name]

    assert change_of(old) == Change("7", Entry("a", 4, a_product("a", version=4)))


def test_removed_item_leaves_a_tombstone_that_is_newer() -> None:
    assert change_of(record(None, "7", old=a_product("a", version=4))) == Change("7", tombstone("a", 5))


def a_typed_image(**changes: Any) -> dict[str, Any]:
    sound = {"imageId": {"S": "front"}, "key": {"S": "images/a.png"}, "contentType": {"S": "image/png"}}
    return {"M": sound | {"alt": {"S": "A teapot"}} | changes}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in image(a_product()).items() if key != name}


@pytest.mark.parametrize(
    "new_image",
    [
        without("version"),
        without("name"),
        image(a_product()) | {"revision": {"N": "0"}},
        image(a_product()) | {"revision": {"N": "9" * 38}},
        image(a_product(version=2)) | {"revision": {"N": "1"}},
        image(a_product()) | {"version": {"N": "0"}},
        image(a_product()) | {"version": {"N": "1.5"}},
        image(a_product()) | {"version": {"N": "NaN"}},
        image(a_product()) | {"version": {"BOOL": True}},
        image(a_product()) | {"version": {"N": "9" * 38}},
        image(a_product()) | {"name": {"N": "5"}},
        image(a_product()) | {"name": {"S": "lone \ud800"}},
        image(a_product()) | {"tags": {"L": [{"N": "5"}]}},
        image(a_product()) | {"tags": {"N": "5"}},
        image(a_product()) | {"amount": {"N": "1.5"}},
        image(a_product()) | {"amount": {"N": "-5"}},
        image(a_product()) | {"stock": {"S": "many"}},
        image(a_product()) | {"status": {"S": "lost"}},
        image(a_product()) | {"createdAt": {"S": "yesterday"}},
        image(a_product()) | {"images": {"L": [{"S": "picture"}]}},
        image(a_product()) | {"images": {"L": [a_typed_image(alt={"S": "lone \ud800"})]}},
        image(a_product()) | {"images": {"L": [a_typed_image(key={"N": "5"})]}},
        image(a_product()) | {"images": {"L": [a_typed_image(width={"S": "wide"})]}},
        image(a_product()) | {"tags": {"S": "kitchen"}},
        image(a_product()) | {"tags": {"M": {"kitchen": {"S": "vintage"}}}},
        image(a_product()) | {"amount": {"N": "1E+100"}},
        image(a_product()) | {"stock": {"BOOL": True}},
        image(a_product()) | {"productId": {"S": "another"}},
        {"what": "is this"},
        None,
    ],
    ids=lambda image: str(image)[:60],
)
def test_record_that_cannot_be_read_is_poison(new_image: Any) -> None:
    broken = record(a_product(), "7")
    broken["dynamodb"]["NewImage"] = new_image

    poison = change_of(broken)

    assert isinstance(poison, Poison)
    assert (poison.position, poison.product_id) == ("7", "teapot")


@pytest.mark.parametrize("product_id", ["", "x" * 65, "a/b", "ä", "a\n"], ids=ascii)
@pytest.mark.parametrize("removed", [False, True], ids=["written", "removed"])
def test_what_is_no_id_of_a_product_never_reaches_the_index(product_id: str, removed: bool) -> None:
    strange = a_product(product_id)

    poison = change_of(record(None if removed else strange, "7", old=strange))

    assert isinstance(poison, Poison)


@pytest.mark.parametrize("broken", [None, {}, [], {"dynamodb": None}, {"dynamodb": {"Keys": {}}}], ids=str)
def test_what_is_no_record_at_all_is_poison_without_a_position(broken: Any) -> None:
    poison = change_of(broken)

    assert isinstance(poison, Poison)
    assert (poison.position, poison.product_id) == ("", None)


def test_fake_fails_as_engines_do(index: FakeIndex) -> None:
    index.failures = [1]

    with pytest.raises(Unavailable):
        index.apply([entry_of(a_product("a")), entry_of(a_product("b"))])

    assert index.found() == {"a"}
