"""The root user of a workspace's local AWS: its key is random, and only the workspace's owner can read it."""

import os
import secrets
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path

_READABLE_BY_OTHERS = 0o077


@dataclass(frozen=True)
class Credentials:
    access_key_id: str
    secret_access_key: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which SDKs find them."""
        return {"AWS_ACCESS_KEY_ID": self.access_key_id, "AWS_SECRET_ACCESS_KEY": self.secret_access_key}


def credentials_in(file: Path) -> Credentials:
    """Those in a file of AWS's format for credentials. If it is missing, it is written, with new ones."""
    if not file.exists():
        _write(file)
    if file.stat().st_mode & _READABLE_BY_OTHERS:
        file.chmod(0o600)
    parser = ConfigParser(interpolation=None)
    parser.read(file)
    ours = parser["default"]
    return Credentials(ours["aws_access_key_id"], ours["aws_secret_access_key"])


def _write(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    # Under its name it is always whole, and the first one stays: several programs may start at the same time.
    part = file.with_name(f".{file.name}-{secrets.token_hex(8)}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        written.write(
            f"[default]\naws_access_key_id = LOCAL{secrets.token_hex(8).upper()}\n"
            f"aws_secret_access_key = {secrets.token_urlsafe(30)}\n"
        )
    try:
        os.link(part, file)
    except FileExistsError:
        pass
    finally:
        part.unlink()
