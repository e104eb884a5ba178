"""Runs a node of OpenSearch: python -m local.opensearch.server

OPENSEARCH_PORT and OPENSEARCH_FOLDER (of its data) have to be set; OPENSEARCH_JAVA_OPTS may have further options. The
node has our domain's advanced options, plain HTTP on the loopback interface, and no access control. With
END_WITH_STDIN=1 it stops when standard input is closed, as it is when the parent process dies.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from samcli.yamlhelper import yaml_parse

from local.opensearch.installation import home
from local.program import stop_when_ended
from local.unprivileged import unprivileged
from local.workspace import HOST, ROOT, CannotContinue

_JAVA_VERSIONS = range(17, 24)  # 2.19 needs a security manager, which Java 24 no longer has

_LOGGING = """\
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""


def main() -> int:
    folder, port = Path(os.environ["OPENSEARCH_FOLDER"]).resolve(), int(os.environ["OPENSEARCH_PORT"])
    try:
        command = [*unprivileged(), *_java(), *_options(folder), *_settings(folder, port)]
    except CannotContinue as problem:
        print(problem, file=sys.stderr)
        return 1
    for name in ("config", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "config/opensearch.yml").touch()
    (folder / "config/log4j2.properties").write_text(_LOGGING)
    node = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL)
    stop_when_ended(node.terminate)
    return node.wait()


def _java() -> list[str]:
    """Raises CannotContinue."""
    java = Path(os.environ["JAVA_HOME"], "bin/java") if os.environ.get("JAVA_HOME") else "java"
    needed = f"OpenSearch needs Java {_JAVA_VERSIONS[0]} to {_JAVA_VERSIONS[-1]}"
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotContinue(f"{needed}, which is missing (on Debian: apt-get install openjdk-17-jre).") from error
    found = re.search(r'version "(\d+)', said)
    if found is None or int(found[1]) not in _JAVA_VERSIONS:
        raise CannotContinue(f"{needed}, not {said.partition('\n')[0]}; JAVA_HOME selects another one.")
    return [str(java)]


def _options(folder: Path) -> list[str]:
    properties = {
        # as OpenSearch's own start script sets them
        "io.netty.allocator.numDirectArenas": 0,
        "io.netty.noKeySetOptimization": "true",
        "io.netty.noUnsafe": "true",
        "io.netty.recycler.maxCapacityPerThread": 0,
        "java.locale.providers": "SPI,COMPAT",
        "java.security.manager": "allow",
        "log4j.shutdownHookEnabled": "false",
        "log4j2.disable.jmx": "true",
        # where our node is
        "java.io.tmpdir": folder / "tmp",
        "opensearch.bundled_jdk": "false",
        "opensearch.distribution.type": "tar",
        "opensearch.path.conf": folder / "config",
        "opensearch.path.home": home(),
    }
    return [
        "-Xms512m",
        "-Xmx512m",
        "-XX:+UseSerialGC",  # starts faster than G1, and small heaps need no other
        *(f"-D{name}={value}" for name, value in properties.items()),
        *shlex.split(os.environ.get("OPENSEARCH_JAVA_OPTS", "")),
        "-cp",
        f"{home()}/lib/*",
        "org.opensearch.bootstrap.OpenSearch",
    ]


def _settings(folder: Path, port: int) -> Iterator[str]:
    settings = {
        **_domain_options(),
        "cluster.name": "almoner",
        "cluster.routing.allocation.disk.threshold_enabled": "false",  # a full disk would make indices read-only
        "discovery.type": "single-node",
        "http.port": port,
        "network.host": HOST,
        "node.name": "local",
        "path.data": folder / "data",
        "path.logs": folder / "logs",
        "transport.port": 0,  # nobody else joins it
    }
    return (f"-E{name}={value}" for name, value in settings.items())


def _domain_options() -> Mapping[str, str]:
    template = yaml_parse((ROOT / "commerce/search_domain.yaml").read_text())
    options: Mapping[str, str] = template["Resources"]["Domain"]["Properties"]["AdvancedOptions"]
    return options


if __name__ == "__main__":
    sys.exit(main())
