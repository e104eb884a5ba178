"""Clients live as long as the process; tests of another AWS begin anew."""

from shared.aws import clients


def forget_clients() -> None:
    """Close what is open; whoever asks next gets a client of the environment as it is then."""
    clients.close_connections()
    clients._clients.clear()
