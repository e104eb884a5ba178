"""The local OpenSearch: what it consists of."""

from pathlib import Path

import pytest
from samcli.yamlhelper import yaml_parse

from local.opensearch import installation
from local.workspace import ROOT, CannotContinue


def test_local_version_is_the_domains() -> None:
    template = yaml_parse((ROOT / "commerce/search_domain.yaml").read_text())
    engine = template["Resources"]["Domain"]["Properties"]["EngineVersion"]

    assert installation.version().startswith(f"{engine.removeprefix('OpenSearch_')}.")


def test_jar_that_is_another_one_missing_or_new_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched, checksums = tmp_path / "fetched", tmp_path / "SHA256SUMS"
    fetched.mkdir()
    (fetched / "same.jar").write_bytes(b"")
    checksums.write_text("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  same.jar\n")
    monkeypatch.setattr(installation, "_CHECKSUMS", checksums)
    installation.check(fetched)

    checksums.write_text(f"{checksums.read_text()}{'0' * 64}  other.jar\n{'0' * 64}  missing.jar\n")
    for name in ("other", "new"):
        (fetched / f"{name}.jar").write_bytes(b"x")

    with pytest.raises(CannotContinue, match=r"missing\.jar, new\.jar, other\.jar"):
        installation.check(fetched)


def test_module_gets_its_jars_and_the_server_the_others(tmp_path: Path) -> None:
    jars = tmp_path / "jars"
    jars.mkdir()
    for name in ("opensearch-1.jar", "netty-common-1.jar", "transport-netty4-client-1.jar", "analysis-common-1.jar"):
        (jars / name).touch()

    installation.arrange(jars, tmp_path / "home")

    assert {str(jar.relative_to(tmp_path)) for jar in tmp_path.rglob("*.jar")} == {
        "home/lib/opensearch-1.jar",
        "home/modules/analysis-common/analysis-common-1.jar",
        "home/modules/transport-netty4/netty-common-1.jar",
        "home/modules/transport-netty4/transport-netty4-client-1.jar",
    }
