"""Counts of categories in memory."""

from collections.abc import Callable, Collection, Mapping, Sequence

from commerce.categories.domain.counting import MAX_MOVES, CategoryCount, Counted, Move, changes_of
from shared.errors import Unavailable
from shared.persistence.unit_of_work import WriteRefused
from tests.shared.persistence.fake_transactions import LOCK


class FakeCategories:
    """`meanwhile` is called before each write: what others do between reading and writing."""

    def __init__(self) -> None:
        self.by_product: dict[str, Counted] = {}
        self.counters: dict[str, int] = {}
        self.meanwhile: Callable[[], object] = lambda: None
        self.out_of_reach = False

    def counted(self, product_ids: Collection[str]) -> Mapping[str, Counted]:
        self._reach()
        return {each: self.by_product[each] for each in product_ids if each in self.by_product}

    def move(self, moves: Sequence[Move]) -> None:
        self._reach()
        self.meanwhile()
        assert len(moves) <= MAX_MOVES
        with LOCK:
            ids = [move.after.product_id for move in moves]
            if refused := {each for move, each in zip(moves, ids, strict=True) if not self._is_as(move.before, each)}:
                raise WriteRefused(frozenset(refused))
            self.by_product |= {move.after.product_id: move.after for move in moves}
            for category, change in changes_of(moves).items():
                self.counters[category] = self.counters.get(category, 0) + change

    def with_products(self) -> Sequence[CategoryCount]:
        self._reach()
        return [CategoryCount(category, number) for category, number in self.counters.items() if number]

    def _is_as(self, before: Counted | None, product_id: str) -> bool:
        current = self.by_product.get(product_id)
        return (current and current.revision) == (before and before.revision)

    def _reach(self) -> None:
        if self.out_of_reach:
            raise Unavailable("out of reach")
