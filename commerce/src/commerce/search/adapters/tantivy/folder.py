"""The folder of the index: its generations, the writer's lock, and a link to the current generation.

folder/writer.lock
folder/current → format1-17     replaced atomically: readers see one generation or the other
folder/format1-17/              a tantivy index
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
_LOCK_POLL_SECONDS = 0.02


@contextmanager
def engine_failures() -> Iterator[None]:
    """Raise Unavailable for tantivy's errors: ValueError for nearly everything, a panic for damaged files."""
    try:
        yield
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise Unavailable("The search index cannot be used.") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise Unavailable("The search index cannot be used.") from error


class IndexFolder:
    """Opens the current generation; two system calls tell whether it has changed."""

    def __init__(self, folder: Path, patience_seconds: float = 5.0) -> None:
        self._folder, self._patience_seconds = folder, patience_seconds
        self._link = folder / "current"
        self._opened: tuple[tuple[object, ...], tantivy.Index] | None = None
        self._opening = threading.Lock()

    def index(self) -> tantivy.Index:
        """The index as last committed. Raises Unavailable where there is none, or one of another format."""
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
        """Hold the writer's lock, across processes. Raises Unavailable if another writer keeps it for too long."""
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

    def is_outdated(self) -> bool:
        return self.is_made() and not os.readlink(self._link).startswith(_PREFIX)

    def made(self) -> tantivy.Index:
        """The current index, created if there is none. Needs the writer's lock."""
        if not self.is_made():
            self.make_current(self.new_generation()[0])
        return self.index()

    def new_generation(self) -> tuple[Path, tantivy.Index]:
        """An empty index that readers do not see yet. Needs the writer's lock."""
        folder = self._folder / f"{_PREFIX}{max(self._generations().values(), default=0) + 1}"
        folder.mkdir()
        index = tantivy.Index(SCHEMA, path=str(folder))
        register_analyzers(index)
        return folder, index

    def make_current(self, generation: Path) -> None:
        """Switch to this generation. The one before is kept for its readers; older ones are deleted."""
        before = self._link.resolve()
        fresh = self._folder / "next"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(generation.name)
        fresh.replace(self._link)
        for path in self._generations():
            if path not in (generation, before):
                shutil.rmtree(path, ignore_errors=True)

    def discard(self, generation: Path) -> None:
        """Delete a generation that has not become the current one."""
        shutil.rmtree(generation, ignore_errors=True)

    def _generations(self) -> dict[Path, int]:
        """All of them, those of other formats included, with their numbers."""
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
            raise Unavailable("The search index is of another release and has to be rebuilt.")
        return name

    def _acquire(self, lock: int) -> None:
        deadline = time.monotonic() + self._patience_seconds
        while True:
            try:
                return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise Unavailable("The search index is being written.") from error
                time.sleep(_LOCK_POLL_SECONDS)
