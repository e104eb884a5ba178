"""The local search index: when `make up` has to rebuild it."""

import os
from pathlib import Path

import pytest

from commerce.search.adapters.tantivy.product_index import TantivyProductIndex
from local import search_index
from local.workspace import CannotContinue, Workspace
from tests.commerce.search.records import entry


@pytest.fixture
def index(tmp_path: Path) -> Path:
    TantivyProductIndex(tmp_path).apply([entry("teapot")])
    return tmp_path


def test_written_index_is_readable(index: Path) -> None:
    assert search_index.is_readable(f"file://{index}")


def test_missing_index_is_not_readable(tmp_path: Path) -> None:
    assert not search_index.is_readable(f"file://{tmp_path}")
    assert not search_index.is_readable(f"file://{tmp_path}/gone")


def test_index_of_another_release_is_not_readable(index: Path) -> None:
    (index / "current").unlink()
    os.symlink("format0-1", index / "current")

    assert not search_index.is_readable(f"file://{index}")


def test_broken_index_is_not_readable(index: Path) -> None:
    (index / "current" / "meta.json").write_text("{")

    assert not search_index.is_readable(f"file://{index}")


def test_index_of_a_platform_that_is_down_is_not_rebuilt(tmp_path: Path) -> None:
    with pytest.raises(CannotContinue, match="make up"):
        search_index.rebuild(Workspace(tmp_path, 4680), verify=False)
