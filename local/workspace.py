"""Where the local platform keeps its files, and its settings from the environment."""

import fcntl
import os
import platform
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from local.credentials import Credentials, credentials_in

ROOT = Path(__file__).resolve().parent.parent
STACK = "almoner"
REGION = "us-west-2"
HOST = "127.0.0.1"
_OF_NO_CONNECTION = range(20_000, 32_768)
"""Ports that Linux and macOS give to no outgoing connection."""
DEFAULT_PORT = 4566
DEFAULT_INBOX_PORT = 8025
SEARCH_ENGINES = ("tantivy", "opensearch")
STRIPE = "https://api.stripe.com"
ALLOWED_ORIGIN = "http://localhost:5173"


class CannotContinue(Exception):
    """A problem that the user can fix; the message says how."""


@dataclass(frozen=True)
class Workspace:
    """A local platform: its folder and the port of its AWS. Several can run side by side."""

    state: Path
    port: int
    search_engine: str = SEARCH_ENGINES[0]
    chosen_payments_port: int = 0
    chosen_postgres_port: int = 0
    stripe_key: str = ""
    """A test key of a real account: payments go to Stripe, and not to its stand-in."""

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def model_port(self) -> int:
        """Of the stand-in for Bedrock's models."""
        return self.port + 1

    @property
    def model_endpoint(self) -> str:
        return f"http://{HOST}:{self.model_port}"

    @property
    def payments_port(self) -> int:
        """Of the stand-in for Stripe."""
        return self.chosen_payments_port or self.port + 2

    @property
    def stripe_url(self) -> str:
        return STRIPE if self.stripe_key else f"http://{HOST}:{self.payments_port}"

    @property
    def payments(self) -> Path:
        """The stand-in's data."""
        return self.state.resolve() / "payments"

    @property
    def postgres_port(self) -> int:
        return self.chosen_postgres_port or self.port + 3

    @property
    def postgres(self) -> Path:
        """Postgres's data and its superuser's password."""
        return self.state.resolve() / "postgres"

    @property
    def emulator(self) -> Path:
        return self.state / "emulator"

    @property
    def mail(self) -> Path:
        """The mail that the platform has sent, a file each."""
        return self.state.resolve() / "mail"

    @property
    def messages(self) -> Path:
        """The SMS and push messages that the platform has sent, a file each."""
        return self.state.resolve() / "messages"

    @property
    def build(self) -> Path:
        return self.state / "build"

    @property
    def search(self) -> Path:
        """The shop's search index, with tantivy."""
        return self.state.resolve() / "search"

    @property
    def opensearch(self) -> Path:
        return self.state.resolve() / "opensearch"

    @property
    def opensearch_port(self) -> int:
        """Not the next one, which may be a second platform's."""
        return self.port + 1000

    @property
    def search_url(self) -> str:
        """Of the shop's search engine, as the function's SEARCH_URL names it."""
        if self.search_engine == "opensearch":
            return f"http://{HOST}:{self.opensearch_port}"
        return f"file://{self.search}"

    @property
    def outputs(self) -> Path:
        return self.state / "outputs.json"

    @property
    def credentials_file(self) -> Path:
        return self.state / "credentials"

    @property
    def root_user(self) -> Credentials:
        """Of the local AWS."""
        return credentials_in(self.credentials_file)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold this workspace's lock, waiting for it if necessary."""
        with (self.state / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def environment(self) -> dict[str, str]:
        """For programs that use the local AWS: its endpoint, its root user's credentials and the project's tools."""
        return (
            os.environ
            | self.root_user.environment
            | {
                "AWS_ENDPOINT_URL": self.endpoint,
                "AWS_DEFAULT_REGION": REGION,
                "AWS_EC2_METADATA_DISABLED": "true",
                "NO_PROXY": f"{HOST},localhost",
                "PATH": f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}",
                "SAM_CLI_TELEMETRY": "0",
            }
        )


def workspace() -> Workspace:
    """The workspace in the folder $STATE (.local by default).

    With port $PORT, search engine $SEARCH and the ports of Stripe's stand-in $PAYMENTS_PORT and of Postgres
    $POSTGRES_PORT: by default those that it last used. With $STRIPE_KEY, payments go to Stripe itself.
    """
    state = ROOT / os.environ.get("STATE", ".local")
    given = _chosen("PORT", state / "port", str(DEFAULT_PORT))
    search_engine = _chosen("SEARCH", state / "search-engine", SEARCH_ENGINES[0])
    if search_engine not in SEARCH_ENGINES:
        raise CannotContinue(f"SEARCH must be one of {', '.join(SEARCH_ENGINES)}, not {search_engine!r}.")
    port = _port("PORT", given)
    payments_port = _port("PAYMENTS_PORT", _chosen("PAYMENTS_PORT", state / "payments-port", "0"))
    postgres_port = _port("POSTGRES_PORT", _chosen("POSTGRES_PORT", state / "postgres-port", "0"))
    stripe_key = os.environ.get("STRIPE_KEY", "")
    if stripe_key and not stripe_key.startswith(("sk_test_", "rk_test_")):
        raise CannotContinue("STRIPE_KEY must be a test key, which begins with sk_test_: others move real money.")
    return Workspace(state, port, search_engine, payments_port, postgres_port, stripe_key)


def _port(variable: str, given: str) -> int:
    try:
        return int(given)
    except ValueError:
        raise CannotContinue(f"{variable} must be a number, not {given!r}.") from None


def _chosen(variable: str, remembered: Path, default: str) -> str:
    return os.environ.get(variable) or (remembered.read_text() if remembered.exists() else default)


def architecture() -> str:
    """Lambda's name for this machine's architecture."""
    return "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"


def free_port() -> int:
    """A port of this machine that nothing listens on, to be taken later: no connection gets it meanwhile."""
    while True:
        port = secrets.choice(_OF_NO_CONNECTION)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port


def port_is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0
