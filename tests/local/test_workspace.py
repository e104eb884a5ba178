"""What a workspace is asked for, and what it remembers."""

import socket
from pathlib import Path

import pytest

from local.workspace import HOST, CannotContinue, free_port, port_is_taken, workspace


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STATE", str(tmp_path))
    for name in ("PORT", "SEARCH", "PAYMENTS_PORT", "POSTGRES_PORT", "STRIPE_KEY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_search_is_in_a_folder_unless_another_engine_is_chosen(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert workspace().search_url == f"file://{state}/search"

    monkeypatch.setenv("SEARCH", "opensearch")
    monkeypatch.setenv("PORT", "4700")

    assert workspace().search_url == "http://127.0.0.1:5700"


def test_chosen_engine_is_remembered_until_another_is_chosen(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (state / "search-engine").write_text("opensearch")
    assert workspace().search_engine == "opensearch"

    monkeypatch.setenv("SEARCH", "tantivy")
    assert workspace().search_engine == "tantivy"


def test_engine_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCH", "solr")

    with pytest.raises(CannotContinue, match="tantivy, opensearch"):
        workspace()


def test_postgres_is_beside_the_local_aws_unless_another_port_is_chosen(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "4700")
    assert workspace().postgres_port == 4703

    (state / "postgres-port").write_text("4800")
    assert workspace().postgres_port == 4800

    monkeypatch.setenv("POSTGRES_PORT", "4900")
    assert workspace().postgres_port == 4900


def test_stand_in_for_stripe_is_beside_the_local_aws_unless_another_port_is_chosen(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "4700")
    assert workspace().stripe_url == "http://127.0.0.1:4702"

    (state / "payments-port").write_text("4800")
    assert workspace().stripe_url == "http://127.0.0.1:4800"

    monkeypatch.setenv("PAYMENTS_PORT", "4900")
    assert workspace().stripe_url == "http://127.0.0.1:4900"

    monkeypatch.setenv("PAYMENTS_PORT", "many")
    with pytest.raises(CannotContinue, match="PAYMENTS_PORT must be a number"):
        workspace()


def test_payments_go_to_stripe_with_a_test_key_and_with_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_KEY", "sk_test_1")
    assert workspace().stripe_url == "https://api.stripe.com"
    monkeypatch.setenv("STRIPE_KEY", "sk_live_1")
    with pytest.raises(CannotContinue, match="test key"):
        workspace()


def test_free_port_is_none_that_a_connection_may_get_before_it_is_taken() -> None:
    with socket.create_server((HOST, 0)) as server:
        given_by_the_system = server.getsockname()[1]
    for _ in range(50):
        port = free_port()
        assert port < 32_768 <= given_by_the_system
        assert not port_is_taken(port)
