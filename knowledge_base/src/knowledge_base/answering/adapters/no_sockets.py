"""The help desk has no sockets: nobody is sent anything, and whoever follows a run comes and reads."""

from collections.abc import Mapping


class NoSockets:
    """A Sender that reaches nobody."""

    def send(self, connection_id: str, message: Mapping[str, object]) -> bool:  # noqa: ARG002  there is no connection
        return False
