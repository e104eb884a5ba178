"""Transport security: requests arrive unencrypted, but on the loopback interface only."""

from ministack import app


def count_loopback_as_encrypted() -> None:
    """Set `aws:SecureTransport` for every request: policies that refuse plain HTTP would refuse all of them."""
    pin = app.pin_request_origin

    def pin_as_encrypted(source_ip: str, secure_transport: bool) -> None:  # noqa: ARG001  MiniStack's signature
        pin(source_ip, True)

    app.pin_request_origin = pin_as_encrypted
