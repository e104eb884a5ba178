"""Installs OpenSearch into .local: Maven fetches the jars, and they are arranged as the server expects them."""

import fcntl
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from local.fingerprints import fingerprint
from local.workspace import ROOT, CannotContinue

_FOLDER = ROOT / ".local/opensearch"
_POM = Path(__file__).with_name("pom.xml")
_CHECKSUMS = Path(__file__).with_name("SHA256SUMS")
_SOURCES = [str(path.relative_to(ROOT)) for path in (_POM, _CHECKSUMS, Path(__file__))]


# Netty opens sockets, and starts threads with a class loader of their own.
_NETTY_MAY = """\
grant {
  permission java.net.SocketPermission "*", "accept,connect";
  permission java.lang.RuntimePermission "getClassLoader";
  permission java.lang.RuntimePermission "setContextClassLoader";
};
"""


@dataclass(frozen=True, slots=True)
class _Module:
    """`jars`: how their names begin. `policy`: what Java's security manager allows it."""

    name: str
    plugin: str
    jars: tuple[str, ...]
    policy: str = ""


_MODULES = (
    _Module("analysis-common", "org.opensearch.analysis.common.CommonAnalysisPlugin", ("analysis-common-",)),
    _Module("transport-netty4", "org.opensearch.transport.Netty4Plugin", ("netty-", "transport-netty4-"), _NETTY_MAY),
)
# A module's jars come without the file that describes it.
_DESCRIPTOR = """\
name={name}
description={name}
version={version}
opensearch.version={version}
java.version=11
classname={plugin}
"""


def version() -> str:
    properties = ElementTree.parse(_POM).getroot().find("{*}properties")  # noqa: S314  it is our own file
    found = None if properties is None else properties.findtext("{*}opensearch.version")
    if found is None:
        raise ValueError(f"{_POM} does not say which version")
    return found


def home() -> Path:
    """Where it is, or will be installed; another folder for another version, set of jars or arrangement."""
    return _FOLDER / f"{version()}-{fingerprint(_SOURCES)[:12]}"


def install() -> None:
    """Do nothing if it is installed. Raises CannotContinue."""
    with _locked():
        if home().is_dir():
            return
        with tempfile.TemporaryDirectory(dir=_FOLDER) as name:
            fetched, arranged = Path(name) / "fetched", Path(name) / "home"
            _fetch(fetched)
            check(fetched)
            arrange(fetched, arranged)
            arranged.rename(home())


@contextmanager
def _locked() -> Iterator[None]:
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with (_FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(folder: Path) -> None:
    if shutil.which("mvn") is None:
        raise CannotContinue("OpenSearch is fetched with Maven, which is missing (on Debian: apt-get install maven).")
    copy = ["dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
    done = subprocess.run(
        ["mvn", "--batch-mode", "--quiet", "--strict-checksums", "--file", str(_POM), *copy],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotContinue(f"Maven could not fetch OpenSearch:\n{done.stdout.strip()}")


def check(folder: Path) -> None:
    """Maven's checksums come from where the jars come from; ours do not."""
    fetched = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in folder.iterdir()}
    expected = {name: digest for digest, name in map(str.split, _CHECKSUMS.read_text().splitlines())}
    if wrong := sorted(name for name, _ in fetched.items() ^ expected.items()):
        raise CannotContinue(f"These jars are not those of {_CHECKSUMS.name}: {', '.join(dict.fromkeys(wrong))}")


def arrange(jars: Path, home: Path) -> None:
    for module in _MODULES:
        folder = home / "modules" / module.name
        folder.mkdir(parents=True)
        for jar in jars.iterdir():
            if jar.name.startswith(module.jars):
                jar.rename(folder / jar.name)
        described = _DESCRIPTOR.format(name=module.name, version=version(), plugin=module.plugin)
        (folder / "plugin-descriptor.properties").write_text(described)
        if module.policy:
            (folder / "plugin-security.policy").write_text(module.policy)
    jars.rename(home / "lib")
