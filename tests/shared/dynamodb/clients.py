"""Clients live as long as the process; tests of another AWS begin anew."""

from shared.aws import clients
from shared.dynamodb.tables import service


def forget_clients() -> None:
    """Close what is open; whoever asks next gets a client of the environment as it is then."""
    clients.close_connections()
    clients._clients.clear()
    if service.cache_info().currsize:
        service().close()
    service.cache_clear()
