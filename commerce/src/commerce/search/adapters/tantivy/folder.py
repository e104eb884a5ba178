"""The folder of the index: generations of it, the lock of its one writer, and a link to the generation in force.

folder/writer.lock
folder/current → format1-17     swapped at once, so that readers see one generation or the other
folder/format1-17/              an index of tantivy's
"""

import fcntl
import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tantivy

from commerce.search.adapters.tantivy.schema import FORMAT, SCHEMA, register_analyzers
from shared.errors import Unavailable

_PREFIX = f"format{FORMAT}-"
_GENERATION = re.compile(r"format\d+-(\d+)")
_LOCK_ASKED_EVERY_SECONDS = 0.02


@contextmanager
def engine_failures() -> Iterator[None]:
    """What tantivy raises, as Unavailable: it knows but ValueError, and panics where files are not as it left them."""
    try:
        yield
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise Unavailable("The search index cannot be used.") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise Unavailable("The search index cannot be used.") from error


class IndexFolder:
    """Opens the generation in force; knows at the price of two looks at the folder whether that changed."""

    def __init__(self, folder: Path, patience_seconds: float = 5.0) -> None:
        self._folder, self._patience_seconds = folder, patience_seconds
        self._link = folder / "current"
        self._opened: tuple[tuple[object, ...], tantivy.Index] | None = None
        self._opening = threading.Lock()

    def index(self) -> tantivy.Index:
        """The index as its writer last left it. Raises Unavailable where there is none, or one of another format."""
        with engine_failures():
            for _ in range(3):  # a writer may remove the generation that a slow reader is about to open
                try:
                    return self._newest()
                except (OSError, ValueError):
                    if not self.is_made():
                        break
            return self._newest()

    def searcher(self) -> tantivy.Searcher:
        return self.index().searcher()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer, in this process and in all others. Raises Unavailable where another one takes long."""
        with engine_failures():
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(self._folder / "writer.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
        try:
            self._acquire(lock)
            yield
        finally:
            os.close(lock)

    def is_made(self) -> bool:
        return self._link.is_symlink()

    def made(self) -> tantivy.Index:
        """The index in force, which is made where there is none yet. Only for whoever is writing."""
        if not self.is_made():
            self.put_in_force(self.new_generation()[0])
        return self.index()

    def new_generation(self) -> tuple[Path, tantivy.Index]:
        """An empty index, which nobody sees yet. Only for whoever is writing."""
        folder = self._folder / f"{_PREFIX}{max(self._generations().values(), default=0) + 1}"
        folder.mkdir()
        index = tantivy.Index(SCHEMA, path=str(folder))
        register_analyzers(index)
        return folder, index

    def put_in_force(self, generation: Path) -> None:
        """From now on everybody reads this one; what was in force before stays for whoever is reading it, once."""
        before = self._link.resolve()
        fresh = self._folder / "next"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(generation.name)
        fresh.replace(self._link)
        for path in self._generations():
            if path not in (generation, before):
                shutil.rmtree(path, ignore_errors=True)

    def discard(self, generation: Path) -> None:
        """Remove one that was not put in force."""
        shutil.rmtree(generation, ignore_errors=True)

    def _generations(self) -> dict[Path, int]:
        """All of them, of other releases too, with their numbers."""
        named = ((path, _GENERATION.fullmatch(path.name)) for path in self._folder.iterdir())
        return {path: int(name[1]) for path, name in named if name}

    def _newest(self) -> tantivy.Index:
        generation = self._generation()
        written = os.stat(self._folder / generation / "meta.json")
        seen = (generation, written.st_ino, written.st_mtime_ns)
        opened = self._opened
        if opened is not None and opened[0] == seen:
            return opened[1]
        with self._opening:
            opened = self._opened
            if opened is not None and opened[0] == seen:
                return opened[1]
            if opened is not None and opened[0][0] == generation:
                index = opened[1]
                index.reload()
            else:
                index = tantivy.Index.open(str(self._folder / generation))
                register_analyzers(index)
                index.config_reader("manual")
                index.reload()
            self._opened = seen, index
            return index

    def _generation(self) -> str:
        try:
            name = os.readlink(self._link)
        except FileNotFoundError as error:
            raise Unavailable("There is no search index yet.") from error
        if not name.startswith(_PREFIX):
            raise Unavailable("The search index is of another release: it has to be rebuilt.")
        return name

    def _acquire(self, lock: int) -> None:
        deadline = time.monotonic() + self._patience_seconds
        while True:
            try:
                return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise Unavailable("The search index is being written.") from error
                time.sleep(_LOCK_ASKED_EVERY_SECONDS)
