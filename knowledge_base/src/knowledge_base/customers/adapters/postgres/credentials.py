"""Who signs in to Postgres: a secret of RDS's form, `{"username": …, "password": …}`."""

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import ClientError

from shared.aws.clients import client
from shared.aws.failures import unavailable, unavailable_where_out_of_reach
from shared.observability.logs import logger, without_message

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


@dataclass(frozen=True, slots=True)
class Login:
    username: str
    password: str = field(repr=False)


class Credentials(Protocol):
    def login(self, refused: Login | None = None) -> Login:
        """Those that are in force, other than `refused` if there are others by now. Raises Unavailable."""
        ...


class SecretCredentials:
    """Read once, and again where Postgres has refused them: they may have been rotated. Shared by threads."""

    def __init__(self, secret_arn: str) -> None:
        self._arn = secret_arn
        self._manager: SecretsManagerClient = client("secretsmanager", read_seconds=2.0, attempts=2)
        self._lock = threading.Lock()
        self._login: Login | None = None

    def login(self, refused: Login | None = None) -> Login:
        with self._lock:
            if self._login is None or self._login == refused:
                self._login = self._read()
            return self._login

    def _read(self) -> Login:
        try:
            with unavailable_where_out_of_reach():
                answer = self._manager.get_secret_value(SecretId=self._arn)
            values = json.loads(answer["SecretString"])
            return Login(values["username"], values["password"])
        except (ClientError, LookupError, TypeError, ValueError) as error:  # not there, not ours, or of another form
            logger.error("no credentials of the database", extra=without_message(error))
            raise unavailable() from error
