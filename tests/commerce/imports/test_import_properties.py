"""Whatever a file holds: what is sound is in, what is not is explained, and the second time nothing changes."""

import random
from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from commerce.imports.domain.reporting import Outcome
from shared.errors import AlmonerError
from shared.json.encoding import encode
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import NOW, a_product
from tests.commerce.imports.broken_lines import BROKEN_LINES
from tests.commerce.imports.files import a_file, a_line, imported, messages

LATER = NOW + timedelta(days=1)

names = st.sampled_from(
    ["Cup", "=HYPERLINK(1)", "<script>alert(1)</script>", "كوب \u202e cup", "🫖", "O'Neill; --", "a|b"]
)
sound_lines = st.builds(
    a_line,
    st.text("abcXYZ019_-", min_size=1, max_size=3),
    names,
    st.sampled_from(["0.01", "1", "12.99", "1000000000"]),
    st.sampled_from(["0", "7", "1000000"]),
)
broken_lines = st.sampled_from([line for line, _ in BROKEN_LINES if not line.startswith('"')])
mixtures = st.lists(st.one_of(sound_lines, broken_lines), max_size=15)


@given(mixtures)
def test_every_line_is_in_or_explained_and_the_second_time_nothing_changes(lines: list[str]) -> None:
    products = FakeProducts()

    report = imported(a_file(*lines), products)
    kept = dict(products.by_id)
    again = imported(a_file(*lines), products, now=LATER)

    assert report.lines == tuple(sorted(report.lines, key=lambda line: line.line))
    assert len(report.lines) == len(lines)
    failed = {line.line for line in report.lines if line.outcome is Outcome.FAILED}
    assert messages(report).keys() == failed
    assert {line.product_id for line in report.lines if line.outcome is Outcome.CREATED} == kept.keys()
    assert products.by_id == kept
    assert messages(again) == messages(report)
    assert again.count(Outcome.UNCHANGED) == len(again.lines) - len(failed)


@given(st.lists(sound_lines, max_size=15, unique_by=lambda line: line.split(",")[0]), st.randoms())
def test_order_of_distinct_products_does_not_matter(lines: list[str], chance: random.Random) -> None:
    one, other = FakeProducts(a_product("a")), FakeProducts(a_product("a"))
    shuffled = list(lines)
    chance.shuffle(shuffled)

    imported(a_file(*lines), one)
    imported(a_file(*shuffled), other)

    assert one.by_id == other.by_id


@given(mixtures, mixtures)
def test_broken_neighbours_change_nothing(lines: list[str], others: list[str]) -> None:
    """What is imported is what the sound lines alone would have been."""
    sound = [line for line in lines if not _is_broken(line)]
    broken = [line for line in others if _is_broken(line)]
    alone, among = FakeProducts(), FakeProducts()

    imported(a_file(*sound), alone)
    imported(a_file(*broken, *sound, *broken), among)

    assert among.by_id == alone.by_id


def _is_broken(line: str) -> bool:
    return any(line == broken for broken, _ in BROKEN_LINES)


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_imported_or_refused(body: bytes) -> None:
    for file in (body, b"name,category,price,stock\n" + body):
        with suppress(AlmonerError):
            encode(imported(file, FakeProducts()))


columns = st.sampled_from(
    ["productId", "sku", "kind", "name", "category", "tags", "price", "amount", "stock", "status", "x"]
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
prices = st.fixed_dictionaries({"amount": anything, "currency": st.sampled_from(["GBP", "USD", "gbp", 1])})


@given(st.lists(st.dictionaries(columns, anything | prices) | anything, max_size=5))
def test_any_json_is_imported_or_explained(body: list[Any]) -> None:
    report = imported(body, FakeProducts())

    assert len(report.lines) == len(body)
    assert all(line.errors for line in report.lines if line.outcome is Outcome.FAILED)
    encode(report)
