"""The payment stand-in as a process: its program, a child process for tests, and its control interface."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from local.guard import CONTROL_KEY
from local.program import Child, Program, call_control
from local.workspace import HOST


class PaymentControl:
    """Controls a running stand-in, and does what customers and their banks do."""

    def __init__(self, endpoint: str, key: str) -> None:
        """The key is the secret one of the workspace's root user."""
        self.endpoint, self._key = endpoint, key

    def send_webhooks(self, url: str, secret: str, **settings: object) -> None:
        self._call("PUT", "/webhooks", {"url": url, "secret": secret, **settings})

    def change_webhooks(self, **settings: object) -> None:
        """Settings of docs/payment-stand-in.md: change_webhooks(holds=True)."""
        self._call("PUT", "/webhooks", settings)

    def release_webhooks(self, order: str = "made", seed: int = 0) -> int:
        """How many were held."""
        return int(self._call("POST", "/webhooks/release", {"order": order, "seed": seed})["released"])

    def deliveries(self) -> list[dict[str, Any]]:
        """Every attempt so far, once none is under way."""
        found: list[dict[str, Any]] = self._call("GET", "/webhooks/deliveries")
        return found

    def fail(self, match: str, **fault: object) -> None:
        """A fault of docs/payment-stand-in.md: fail("order-7", kind="cut-after")."""
        self._call("POST", "/faults", {"match": match, **fault})

    def forget_faults(self) -> None:
        self._call("DELETE", "/faults")

    def pass_time(self) -> None:
        """What happens later happens now."""
        self._call("POST", "/pass-time")

    def dispute(self, charge_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self._call("POST", f"/charges/{charge_id}/dispute")
        return found

    def decide(self, dispute_id: str, outcome: str) -> None:
        self._call("POST", f"/disputes/{dispute_id}/decide", {"outcome": outcome})

    def pay_out(self, currency: str = "gbp") -> dict[str, Any]:
        found: dict[str, Any] = self._call("POST", "/payouts", {"currency": currency})
        return found

    def authenticate(self, intent_id: str, *, passed: bool = True) -> None:
        """Press a button of the bank's page. The shop that it sends the browser back to may not be there."""
        url = f"{self.endpoint}/_payments/authenticate/{intent_id}"
        form = {"passed": str(passed).lower()}
        requests.post(url, data=form, timeout=30, allow_redirects=False).raise_for_status()

    def _call(self, method: str, path: str, body: object = None) -> Any:
        return call_control(self.endpoint, self._key, method, f"/_payments{path}", body)


def payment_program(port: int, environment: Mapping[str, str]) -> Program:
    settings = {**environment, "PAYMENTS_PORT": str(port)}
    return Program("payments", "local.payments.server", port, "/_payments/ready", settings)


class PaymentProcess(PaymentControl, Child):
    """A stand-in for a test; it ignores the settings for payments in the caller's environment."""

    def __init__(self, log: Path, port: int, environment: Mapping[str, str] | None = None) -> None:
        key = secrets.token_urlsafe(16)
        PaymentControl.__init__(self, f"http://{HOST}:{port}", key)
        own = {name: value for name, value in os.environ.items() if not name.startswith("PAYMENTS_")}
        Child.__init__(self, payment_program(port, own | dict(environment or {}) | {CONTROL_KEY: key}), log)
