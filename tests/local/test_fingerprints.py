from pathlib import Path

import pytest

from local import fingerprints
from local.fingerprints import fingerprint


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(fingerprints, "ROOT", tmp_path)
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "a.py").write_text("a")
    (tmp_path / "lock").write_text("1")
    return tmp_path


def test_a_fingerprint_depends_on_files_and_settings(root: Path) -> None:
    before = fingerprint(["local", "lock"], 4566)
    assert fingerprint(["local", "lock"], 4566) == before
    assert fingerprint(["local", "lock"], 4567) != before
    (root / "lock").write_text("2")
    assert fingerprint(["local", "lock"], 4566) != before


def test_a_moved_file_changes_the_fingerprint(root: Path) -> None:
    before = fingerprint(["local"])
    (root / "local" / "a.py").rename(root / "local" / "b.py")
    assert fingerprint(["local"]) != before


def test_bytecode_and_other_files_change_nothing(root: Path) -> None:
    before = fingerprint(["local"])
    (root / "local" / "__pycache__").mkdir()
    (root / "local" / "__pycache__" / "a.pyc").write_text("bytecode")
    (root / "lock").write_text("2")
    assert fingerprint(["local"]) == before
