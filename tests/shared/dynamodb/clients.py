"""DynamoDB's clients live as long as the process; tests of another DynamoDB begin anew."""

from shared.dynamodb.connection import connection
from shared.dynamodb.tables import service


def forget_clients() -> None:
    """Close what is open; whoever asks next gets a client of the environment as it is then."""
    if service.cache_info().currsize:
        service().close()
    service.cache_clear()
    connection.cache_clear()
