"""The root user's key of a workspace."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from botocore.session import Session

from local.credentials import credentials_in


def test_key_is_random_and_stays(tmp_path: Path) -> None:
    one, other = credentials_in(tmp_path / "one/credentials"), credentials_in(tmp_path / "other/credentials")
    assert one.access_key_id != other.access_key_id
    assert one.secret_access_key != other.secret_access_key
    assert len(one.secret_access_key) >= 40
    assert credentials_in(tmp_path / "one/credentials") == one


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    credentials_in(file)
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    credentials_in(file)
    assert file.stat().st_mode & 0o777 == 0o600


def test_programs_that_start_together_have_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(credentials_in, [tmp_path / "credentials"] * 32))
    assert len(found) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["credentials"]


def test_sdks_read_the_file(tmp_path: Path) -> None:
    ours = credentials_in(tmp_path / "credentials")
    session = Session()
    session.set_config_variable("credentials_file", str(tmp_path / "credentials"))
    found = session.get_component("credential_provider").get_provider("shared-credentials-file").load()
    assert (found.access_key, found.secret_key) == (ours.access_key_id, ours.secret_access_key)
