"""However records of the stream come, an index ends as the catalogue is: a property of whoever keeps one."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.catalogue.domain.products import Product, Status
from commerce.search.domain.finding import Query
from commerce.search.domain.following import Entry, ProductIndex, entry_of
from tests.commerce.search.engines import Engine, find
from tests.commerce.search.examples import a_product

STATUSES = st.sampled_from([Status.ACTIVE, Status.ACTIVE, Status.ARCHIVED, Status.DRAFT])
EXAMPLES = settings(max_examples=40)  # each writes to a disk, or over a network, many times
HISTORIES = st.lists(st.lists(STATUSES, min_size=1, max_size=5), min_size=1, max_size=4)
"""Of each product, its status from version to version."""


@dataclass(frozen=True)
class Delivery:
    """What arrives at the index: `batches`, of which those in `lost` fail, some before and some after they took effect,
    and are delivered again after everything else, as a stream does that retries."""

    batches: Sequence[Sequence[Entry]]
    lost: Sequence[bool]


def catalogue(histories: Sequence[Sequence[Status]]) -> list[list[Product]]:
    """Every version of every product; each has a name of its own."""
    return [
        [
            a_product(f"p{number}", f"Scarf v{number}x{version}", version=version, status=status)
            for version, status in enumerate(history, 1)
        ]
        for number, history in enumerate(histories)
    ]


@st.composite
def deliveries(draw: st.DrawFn, versions: list[list[Product]]) -> Delivery:
    """Every version once at least, in any order, some twice, cut into batches anywhere."""
    once = [entry_of(product) for history in versions for product in history]
    again = draw(st.lists(st.sampled_from(once), max_size=8))
    shuffled = draw(st.permutations(once + again))
    batches, rest = [], list(shuffled)
    while rest:
        size = draw(st.integers(1, 6))
        batches.append(rest[:size])
        rest = rest[size:]
    return Delivery(batches, draw(st.lists(st.booleans(), min_size=len(batches), max_size=len(batches))))


def deliver(delivery: Delivery, index: ProductIndex) -> None:
    for number, batch in enumerate(delivery.batches):
        if not delivery.lost[number]:
            index.apply(batch)
        elif number % 2:  # it took effect in part, without an answer
            index.apply(batch[: len(batch) // 2])
    for batch, lost in zip(delivery.batches, delivery.lost, strict=True):
        if lost:
            index.apply(batch)


class InterleavingContract:
    """`long_lived` is one engine for all tests: each of the many examples of a test begins with an empty index."""

    @EXAMPLES
    @given(histories=HISTORIES, data=st.data())
    def test_index_ends_as_the_catalogue_is(
        self, long_lived: Engine, histories: list[list[Status]], data: st.DataObject
    ) -> None:
        versions = catalogue(histories)

        long_lived.index.replace([])
        deliver(data.draw(deliveries(versions)), long_lived.index)
        long_lived.settle()

        last = {history[-1].product_id: history[-1] for history in versions}
        assert {hit.product.product_id: hit.product for hit in long_lived.finder.find(Query(limit=100)).hits} == {
            product_id: product for product_id, product in last.items() if product.status is Status.ACTIVE
        }
        assert long_lived.index.versions(list(last)) == {
            product_id: (product.version, product.status is Status.ACTIVE) for product_id, product in last.items()
        }
        assert sorted(long_lived.index.product_ids()) == sorted(last)

    @EXAMPLES
    @given(histories=HISTORIES, data=st.data())
    def test_product_that_was_taken_away_never_comes_back(
        self, long_lived: Engine, histories: list[list[Status]], data: st.DataObject
    ) -> None:
        versions = catalogue([[*history, Status.ARCHIVED] for history in histories])
        tombstones = [entry_of(history[-1]) for history in versions]

        long_lived.index.replace([])
        long_lived.index.apply(tombstones)
        for batch in data.draw(deliveries(versions)).batches:
            long_lived.index.apply(batch)
            long_lived.settle()
            assert find(long_lived, "scarf") == find(long_lived) == []
