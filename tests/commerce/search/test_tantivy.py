"""The contracts of a search engine, kept by tantivy; and what only a folder can do."""

import fcntl
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from commerce.search.adapters.tantivy.product_finder import TantivyProductFinder
from commerce.search.adapters.tantivy.product_index import TantivyProductIndex
from commerce.search.domain.finding import Query
from commerce.search.domain.following import entry_of
from commerce.search.domain.rebuilding import Report, rebuild
from shared.errors import Unavailable
from tests.commerce.search.contracts.interleavings import InterleavingContract
from tests.commerce.search.contracts.product_finder import ProductFinderContract
from tests.commerce.search.contracts.product_index import ProductIndexContract
from tests.commerce.search.contracts.syncing import SyncingContract
from tests.commerce.search.engines import find, keep
from tests.commerce.search.examples import a_product
from tests.commerce.search.fake_index import FakeCatalogue


class TantivyEngine:
    """What is applied is found at once."""

    def __init__(self, folder: Path) -> None:
        self.finder = TantivyProductFinder(folder)
        self.index = TantivyProductIndex(folder, patience_seconds=0.05)

    def settle(self) -> None: ...


@pytest.fixture
def engine(tmp_path: Path) -> TantivyEngine:
    engine = TantivyEngine(tmp_path)
    engine.index.apply([])
    return engine


@pytest.fixture(scope="module")
def long_lived(tmp_path_factory: pytest.TempPathFactory) -> TantivyEngine:
    return TantivyEngine(tmp_path_factory.mktemp("search"))


class TestTantivyProductIndex(ProductIndexContract): ...


class TestTantivyProductFinder(ProductFinderContract): ...


class TestTantivyInterleavings(InterleavingContract): ...


class TestTantivySyncing(SyncingContract): ...


def test_folder_without_an_index_is_empty_to_those_who_keep_it(tmp_path: Path) -> None:
    index = TantivyProductIndex(tmp_path / "search")

    assert index.versions(["scarf"]) == {}
    assert list(index.product_ids()) == []


@pytest.mark.parametrize("before", ["nothing", "another format", "rubbish"])
def test_rebuild_repairs_a_folder_that_cannot_be_searched(engine: TantivyEngine, tmp_path: Path, before: str) -> None:
    keep(engine, a_product("old"))
    generation = (tmp_path / "current").resolve()
    if before == "nothing":
        (tmp_path / "current").unlink()
    elif before == "another format":
        (tmp_path / "current").unlink()
        (tmp_path / "current").symlink_to(generation.rename(tmp_path / "format0-1").name)
    else:
        (generation / "meta.json").write_text("rubbish")
    catalogue = FakeCatalogue()
    catalogue.keep(entry_of(a_product("new")))
    rebuilt = TantivyEngine(tmp_path)

    assert rebuild(catalogue, rebuilt.index) == Report(checked=1)

    assert find(rebuilt) == ["new"]


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("format*"))


def test_search_without_an_index_is_unavailable(tmp_path: Path) -> None:
    engine = TantivyEngine(tmp_path / "nowhere")
    with pytest.raises(Unavailable):
        engine.finder.find(Query())
    with pytest.raises(Unavailable):
        engine.finder.suggest("sc", 5)


def test_writer_makes_the_index_with_its_first_entries(tmp_path: Path) -> None:
    engine = TantivyEngine(tmp_path / "not" / "yet")
    keep(engine, a_product())

    assert find(engine, "scarf") == ["scarf"]


def test_readers_that_were_there_before_see_what_another_writes(engine: TantivyEngine, tmp_path: Path) -> None:
    reader = TantivyProductFinder(tmp_path)
    assert reader.find(Query()).total == 0
    keep(engine, a_product("one"))
    assert reader.find(Query()).total == 1
    keep(engine, a_product("two"))
    assert reader.find(Query()).total == 2

    engine.index.replace([entry_of(a_product("three"))])

    assert reader.find(Query()).hits[0].product.product_id == "three"


def test_another_process_sees_what_was_written(engine: TantivyEngine, tmp_path: Path) -> None:
    keep(engine, a_product())
    program = (
        "import sys; from pathlib import Path;"
        "from commerce.search.adapters.tantivy.product_index import TantivyProductIndex;"
        "print(dict(TantivyProductIndex(Path(sys.argv[1])).versions(['scarf'])))"
    )
    output = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)  # noqa: S603

    assert output.stdout.strip() == "{'scarf': (1, True)}"


def test_second_writer_is_refused_while_the_first_one_writes_and_readers_are_not(
    engine: TantivyEngine, tmp_path: Path
) -> None:
    keep(engine, a_product())
    lock = os.open(tmp_path / "writer.lock", os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)

    with pytest.raises(Unavailable, match="being written"):
        engine.index.apply([entry_of(a_product(version=2))])
    with pytest.raises(Unavailable, match="being written"):
        engine.index.replace([])
    assert find(engine) == ["scarf"]

    os.close(lock)
    keep(engine, a_product(version=2))
    assert engine.index.versions(["scarf"]) == {"scarf": (2, True)}


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    def write(number: int) -> None:
        TantivyProductIndex(tmp_path, patience_seconds=30).apply([entry_of(a_product(f"p{number}"))])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(24)))

    assert TantivyProductFinder(tmp_path).find(Query()).total == 24


def test_many_small_changes_do_not_pile_up_files(engine: TantivyEngine, tmp_path: Path) -> None:
    for version in range(1, 60):
        keep(engine, a_product(version=version))

    files = [path for path in (tmp_path / "current").iterdir() if not path.name.startswith((".", "meta"))]
    assert len(files) < 100
    assert find(engine) == ["scarf"]


def test_generations_before_the_last_one_are_removed(engine: TantivyEngine, tmp_path: Path) -> None:
    for _ in range(4):
        engine.index.replace([entry_of(a_product())])

    assert len(generations(tmp_path)) == 2
    assert find(engine) == ["scarf"]


def test_what_somebody_else_keeps_in_the_folder_is_left_alone(engine: TantivyEngine, tmp_path: Path) -> None:
    keep(engine, a_product("before"))
    (tmp_path / "format1-before-upgrade").mkdir()

    engine.index.replace([entry_of(a_product("after"))])
    engine.index.replace([entry_of(a_product("after"))])

    assert list(engine.index.product_ids()) == ["after"]
    assert (tmp_path / "format1-before-upgrade").exists()


def test_replacing_that_fails_leaves_no_files(engine: TantivyEngine, tmp_path: Path) -> None:
    before = generations(tmp_path)
    with pytest.raises(ZeroDivisionError):
        engine.index.replace(entry_of(a_product(str(1 // number))) for number in (1, 0))

    assert generations(tmp_path) == before


@pytest.mark.parametrize("suffix", [".json", ".term", ".store", ".idx", ".fast"])
@pytest.mark.parametrize("content", [b"", b"nonsense"])
def test_broken_index_is_unavailable_until_it_is_replaced(
    engine: TantivyEngine, tmp_path: Path, suffix: str, content: bytes
) -> None:
    keep(engine, a_product())
    for path in (tmp_path / "current").resolve().glob(f"*{suffix}"):
        path.unlink()
        path.write_bytes(content)
    late = TantivyEngine(tmp_path)

    with pytest.raises(Unavailable):
        late.finder.find(Query(words="scarf"))
    with pytest.raises(Unavailable):
        late.index.apply([entry_of(a_product(version=2))])

    late.index.replace([entry_of(a_product(version=2))])
    assert find(late, "scarf") == ["scarf"]


def test_index_of_another_format_is_unavailable_until_it_is_replaced(engine: TantivyEngine, tmp_path: Path) -> None:
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to("format0-7")

    with pytest.raises(Unavailable, match="rebuilt"):
        engine.finder.find(Query())
    with pytest.raises(Unavailable, match="rebuilt"):
        engine.index.apply([entry_of(a_product())])
    assert engine.index.is_outdated()

    engine.index.replace([entry_of(a_product())])
    assert find(engine) == ["scarf"]
    assert not engine.index.is_outdated()


def test_index_that_disappears_is_unavailable_and_comes_back(engine: TantivyEngine, tmp_path: Path) -> None:
    keep(engine, a_product())
    (tmp_path / "current").rename(tmp_path / "elsewhere")
    with pytest.raises(Unavailable):
        engine.finder.find(Query())

    (tmp_path / "elsewhere").rename(tmp_path / "current")
    assert find(engine) == ["scarf"]


def test_readers_meet_no_gap_while_the_index_is_replaced(engine: TantivyEngine, tmp_path: Path) -> None:
    keep(engine, *(a_product(f"p{number}") for number in range(5)))
    replaced = threading.Event()

    def read() -> set[int]:
        reader = TantivyProductFinder(tmp_path)
        totals = set()
        while not replaced.is_set():
            totals.add(reader.find(Query(words="scarf")).total)
        return totals

    with ThreadPoolExecutor(2) as pool:
        reading = [pool.submit(read) for _ in range(2)]
        try:
            for _ in range(15):
                engine.index.replace(entry_of(a_product(f"p{number}")) for number in range(5))
        finally:
            replaced.set()
        assert [each.result() for each in reading] == [{5}, {5}]


def test_writer_that_is_killed_leaves_an_index_that_the_next_one_goes_on_with(tmp_path: Path) -> None:
    program = (
        "import sys; from itertools import count; from pathlib import Path;"
        "from commerce.search.adapters.tantivy.product_index import TantivyProductIndex;"
        "from commerce.search.domain.following import Entry;"
        "index = TantivyProductIndex(Path(sys.argv[1]));"
        "[(index.apply([Entry('p', n, None)]), print(n, flush=True)) for n in count(1)]"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True) as writer:  # noqa: S603
        assert writer.stdout
        output = [int(next(writer.stdout)) for _ in range(5)]
        writer.kill()
    engine = TantivyEngine(tmp_path)

    [(version, _)] = engine.index.versions(["p"]).values()
    assert version >= output[-1]
    keep(engine, a_product("p", version=version + 1))
    assert find(engine, "scarf") == ["p"]
