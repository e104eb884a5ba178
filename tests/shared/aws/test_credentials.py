from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.aws import credentials
from shared.aws.credentials import NoCredentials, current_credentials
from shared.aws.signing import Credentials


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A machine that knows no credentials."""
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "PROFILE", "DEFAULT_PROFILE"):
        monkeypatch.delenv(f"AWS_{name}", raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    credentials._chain.cache_clear()
    yield
    credentials._chain.cache_clear()


def test_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert current_credentials() == Credentials("AKID", "secret", None)

    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    monkeypatch.setenv("AWS_PROFILE", "other")
    assert current_credentials() == Credentials("AKID", "secret", "token")


def test_profile_is_read_where_the_environment_has_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text("[charity]\naws_access_key_id = AKID\naws_secret_access_key = of-profile\n")
    monkeypatch.setenv("AWS_PROFILE", "charity")

    assert current_credentials() == Credentials("AKID", "of-profile", None)


def test_no_credentials_are_told_by_name() -> None:
    with pytest.raises(NoCredentials, match="AWS_PROFILE"):
        current_credentials()
