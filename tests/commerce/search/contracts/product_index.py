"""What whoever keeps an index of products must do."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import batched, permutations

import pytest

from commerce.catalogue.domain.products import Image, Kind, Status
from commerce.search.domain.finding import Query
from commerce.search.domain.following import Entry, entry_of
from tests.commerce.search.engines import Engine, find, ids, keep
from tests.commerce.search.examples import a_product


class ProductIndexContract:
    def test_product_comes_back_as_it_was_applied(self, engine: Engine) -> None:
        image = Image("i1", "images/scarf/i1.png", "image/png", "A scarf, “folded”")
        product = a_product(tags=("wool", "חם", "<b>"), description="Two\nlines & more", images=(image,), amount=0)
        gift = a_product("gift", "A goat", kind=Kind.DONATION, amount=2_500)
        keep(engine, product, gift)

        found = engine.finder.find(Query())

        assert {hit.product.product_id: hit.product for hit in found.hits} == {"scarf": product, "gift": gift}

    def test_newer_entry_takes_the_place_of_an_older_one(self, engine: Engine) -> None:
        keep(engine, a_product(version=1, name="Silk tie"))
        keep(engine, a_product(version=2, name="Wool scarf"))

        assert find(engine, "scarf") == ["scarf"]
        assert find(engine, "tie") == []
        assert engine.index.versions(["scarf"]) == {"scarf": (2, True)}

    @pytest.mark.parametrize("version", [1, 2])
    def test_entry_that_is_not_newer_changes_nothing(self, engine: Engine, version: int) -> None:
        keep(engine, a_product(version=2, name="Wool scarf"))
        keep(engine, a_product(version=version, name="Silk tie"))

        assert find(engine, "scarf") == ["scarf"]
        assert find(engine, "tie") == []
        assert engine.index.versions(["scarf"]) == {"scarf": (2, True)}

    def test_sale_is_followed_though_it_makes_no_version(self, engine: Engine) -> None:
        product = a_product(version=2)
        sold = replace(product, revision=3, movements=1, stock=4)
        keep(engine, product, sold)
        keep(engine, product)

        [hit] = engine.finder.find(Query()).hits

        assert hit.product == sold
        assert engine.index.versions(["scarf"]) == {"scarf": (3, True)}

    def test_tombstone_takes_a_product_away_and_stays_against_a_late_record(self, engine: Engine) -> None:
        keep(engine, a_product(version=1))
        keep(engine, a_product(version=3, status=Status.ARCHIVED))
        keep(engine, a_product(version=2))

        assert find(engine, "scarf") == find(engine) == []
        assert engine.index.versions(["scarf"]) == {"scarf": (3, False)}

    def test_tombstone_before_its_product_is_no_error(self, engine: Engine) -> None:
        engine.index.apply([Entry("scarf", 2, None)])
        keep(engine, a_product(version=1))

        assert find(engine) == []

    def test_product_made_active_again_is_found_again(self, engine: Engine) -> None:
        keep(engine, a_product(version=1), a_product(version=2, status=Status.DRAFT), a_product(version=3))

        assert find(engine, "scarf") == ["scarf"]
        assert engine.index.versions(["scarf"]) == {"scarf": (3, True)}

    def test_versions_of_one_product_may_stand_in_one_batch_in_any_order(self, engine: Engine) -> None:
        versions = [a_product(version=1), a_product(version=2, name="Silk tie"), a_product(version=3, name="Hat")]
        for number, order in enumerate(permutations(versions)):
            keep(engine, *(replace(product, product_id=f"p{number}") for product in order))

        assert sorted(find(engine, "hat")) == [f"p{number}" for number in range(6)]
        assert find(engine, "tie") == []

    def test_no_entries_change_nothing(self, engine: Engine) -> None:
        keep(engine, a_product())
        engine.index.apply([])
        engine.settle()

        assert find(engine) == ["scarf"]

    def test_versions_tell_of_those_that_have_an_entry(self, engine: Engine) -> None:
        keep(engine, a_product("one", version=7), a_product("two", version=8, status=Status.ARCHIVED))

        assert engine.index.versions(["one", "two", "three"]) == {"one": (7, True), "two": (8, False)}
        assert engine.index.versions([]) == {}

    def test_every_id_is_listed_once_tombstones_included(self, engine: Engine) -> None:
        products = [a_product(f"p{number}", status=Status(["active", "archived"][number % 2])) for number in range(250)]
        keep(engine, *products)
        keep(engine, *(replace(product, version=2) for product in products[::3]))

        assert sorted(engine.index.product_ids()) == sorted(product.product_id for product in products)

    def test_replacing_leaves_what_was_given_and_nothing_else(self, engine: Engine) -> None:
        keep(engine, a_product("old"), a_product("kept", "Silk tie", version=9))

        engine.index.replace(
            [entry_of(a_product("kept", "Wool scarf", version=2)), entry_of(a_product("new")), Entry("gone", 4, None)]
        )
        engine.settle()

        assert sorted(find(engine, "scarf")) == ["kept", "new"]
        assert find(engine, "tie") == []
        assert engine.index.versions(["old", "kept", "new", "gone"]) == {
            "kept": (2, True),
            "new": (1, True),
            "gone": (4, False),
        }
        assert sorted(engine.index.product_ids()) == ["gone", "kept", "new"]

    def test_replacing_takes_the_newest_of_entries_that_come_twice(self, engine: Engine) -> None:
        versions = [a_product(version=2, name="Silk tie"), a_product(version=3), a_product(version=1, name="Hat")]
        engine.index.replace([entry_of(product) for product in versions])
        engine.settle()

        assert find(engine, "scarf") == find(engine) == ["scarf"]
        assert engine.index.versions(["scarf"]) == {"scarf": (3, True)}

    def test_what_is_applied_after_replacing_is_found(self, engine: Engine) -> None:
        keep(engine, a_product("old"))
        engine.index.replace(entry_of(a_product(f"p{number}")) for number in range(3))
        keep(engine, a_product("late"))

        assert sorted(find(engine, "scarf")) == ["late", "p0", "p1", "p2"]

    def test_customers_see_the_old_index_until_the_new_one_is_whole(self, engine: Engine) -> None:
        keep(engine, a_product("old"))
        seen = []

        def entries() -> Iterator[Entry]:
            for number in range(3):
                seen.append(find(engine, "scarf"))
                yield entry_of(a_product(f"p{number}"))

        engine.index.replace(entries())
        engine.settle()

        assert seen == [["old"]] * 3
        assert sorted(find(engine, "scarf")) == ["p0", "p1", "p2"]

    def test_replacing_that_fails_half_way_leaves_the_old_index(self, engine: Engine) -> None:
        keep(engine, a_product("old"))

        def entries() -> Iterator[Entry]:
            yield entry_of(a_product("new"))
            raise ConnectionError("the table is gone")

        with pytest.raises(ConnectionError):
            engine.index.replace(entries())
        keep(engine, a_product("next"))

        assert sorted(find(engine)) == ["next", "old"]

    def test_index_of_this_release_is_not_outdated(self, engine: Engine) -> None:
        keep(engine, a_product())
        assert not engine.index.is_outdated()

        engine.index.replace([entry_of(a_product())])
        assert not engine.index.is_outdated()

    def test_replacing_with_nothing_empties_the_index(self, engine: Engine) -> None:
        keep(engine, a_product())
        engine.index.replace([])
        engine.settle()

        assert find(engine) == []
        assert list(engine.index.product_ids()) == []

    def test_batches_of_any_size_end_in_the_same_index(self, engine: Engine) -> None:
        products = [a_product(f"p{number}", version=version) for number in range(40) for version in (1, 2, 3)]
        products = products[::7] + products[::-2] + products
        for batch in batched(products, 17, strict=False):
            keep(engine, *batch)

        assert engine.index.versions([f"p{number}" for number in range(40)]) == {
            f"p{number}": (3, True) for number in range(40)
        }
        found = engine.finder.find(Query(limit=100))
        assert (found.total, len(set(ids(found)))) == (40, 40)
