"""The keys of the shop's account at Stripe, as Secrets Manager has them: `{"key": "sk_…", "webhookSecret": "whsec_…"}`.

They are read once, by the first call, and again where Stripe or a webhook does not go with them any more. So they can
be replaced while the shop runs.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from commerce.payments.domain.provider import NoAccount
from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach
from shared.observability.logs import logger

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_RENEWED_AT_MOST_EVERY_SECONDS = 60  # wrong signatures are not worth a call each


class StripeSecret:
    """Shared by the threads of a warm function. Its properties raise Unavailable."""

    def __init__(self, arn: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._arn, self._clock = arn, clock
        self._manager: SecretsManagerClient = client("secretsmanager")
        self._lock = threading.Lock()
        self._values: Mapping[str, str] = {}
        self._read_at: float | None = None

    @property
    def key(self) -> str:
        """Raises NoAccount where nobody has filled it in."""
        if key := self._value("key"):
            return key
        raise NoAccount

    @property
    def webhook_secret(self) -> str:
        """Empty where nobody has filled it in: nobody's webhooks are believed then."""
        return self._value("webhookSecret")

    def renew(self) -> bool:
        """Read it again, unless that was a moment ago; whether it has changed. Raises Unavailable."""
        with self._lock:
            if self._read_at is not None and self._clock() < self._read_at + _RENEWED_AT_MOST_EVERY_SECONDS:
                return False
            before = self._values
            self._read()
            return self._values != before

    def _value(self, name: str) -> str:
        value = self._values.get(name)
        if not value and self.renew():
            value = self._values.get(name)
        if not value:
            logger.warning("stripe secret incomplete", extra={"missing": name})
        return value or ""

    def _read(self) -> None:
        with unavailable_where_out_of_reach():
            answer = self._manager.get_secret_value(SecretId=self._arn)
        self._values = json.loads(answer["SecretString"])
        self._read_at = self._clock()
