"""How requests arrive: on the loopback interface, where nothing is encrypted and nobody listens."""

from ministack import app


def count_loopback_as_encrypted() -> None:
    """Say `aws:SecureTransport` of every request: policies that refuse plain HTTP would refuse everything here."""
    pin = app.pin_request_origin

    def pin_as_encrypted(source_ip: str, secure_transport: bool) -> None:  # noqa: ARG001  MiniStack's own
        pin(source_ip, True)

    app.pin_request_origin = pin_as_encrypted
