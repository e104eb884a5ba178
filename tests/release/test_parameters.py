"""What makes new versions of functions: two translations of the project's own templates are compared."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest
from samcli.yamlhelper import yaml_parse

from release.parameters import parameters
from release.project import contexts
from release.translation import template_files, translated

CONTEXTS = {"identity", "personalization", "commerce", "communications", "knowledge_base"}

ROOT = Path(__file__).resolve().parents[2]

type Versions = dict[str, frozenset[str]]
"""By context, the logical ids of its functions' versions: another id, and CloudFormation publishes another version."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("template.yaml", "samconfig.toml", "gateway", "layers", *(context.folder for context in contexts())):
        source, target = ROOT / name, tmp_path / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return tmp_path


@pytest.fixture(scope="module")
def before() -> Versions:
    return published(ROOT)


def published(project: Path, environment: str = "prod") -> Versions:
    given = dict(each.split("=", 1) for each in parameters(environment, root=project))
    root = project / "template.yaml"
    nested = {
        resource["Properties"]["Location"]: resource["Properties"]["Parameters"]["ReleaseDigest"]["Ref"]
        for resource in yaml_parse(root.read_text())["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Application"
    }
    found: dict[str, set[str]] = {context.folder: set() for context in contexts(project)}
    for file in template_files(root):
        if "AutoPublishAlias" not in file.read_text():
            continue
        context = file.relative_to(project).parts[0] if file != root else "identity"
        digest = next((given[name] for location, name in nested.items() if location.startswith(f"{context}/")), "")
        for name, resource in translated(file, given | {"ReleaseDigest": digest})["Resources"].items():
            if resource["Type"] == "AWS::Lambda::Version":
                found[context].add(name)
    return {context: frozenset(names) for context, names in found.items()}


def changed(before: Versions, after: Versions) -> set[str]:
    """The contexts with new versions; of one that has any, every version is new."""
    for context, versions in before.items():
        assert len(after[context]) == len(versions) > 0
        assert not (versions & after[context]) or versions == after[context]
    return {context for context in before if before[context] != after[context]}


def test_same_inputs_make_the_same_versions(project: Path, before: Versions) -> None:
    (project / "commerce" / "README.md").write_text("Read by people")
    (project / "commerce" / "src" / "commerce" / "__pycache__").mkdir()
    (project / "commerce" / "src" / "commerce" / "__pycache__" / "settings.pyc").write_text("bytecode")

    assert changed(before, published(project)) == set()


@pytest.mark.parametrize("file", ["src/shared/errors.py", "requirements.txt", "Makefile"])
def test_changed_layer_makes_new_versions(project: Path, before: Versions, file: str) -> None:
    with (project / "layers" / "shared" / file).open("a") as source:
        source.write("# changed\n")

    assert changed(before, published(project)) == CONTEXTS


def test_changed_code_makes_new_versions_of_its_context(project: Path, before: Versions) -> None:
    with (project / "commerce" / "src" / "commerce" / "settings.py").open("a") as source:
        source.write("# changed\n")

    assert changed(before, published(project)) == {"commerce"}


def test_changed_template_makes_new_versions_of_its_context(project: Path, before: Versions) -> None:
    with (project / "personalization" / "tables.yaml").open("a") as source:
        source.write("# changed\n")

    assert changed(before, published(project)) == {"personalization"}


def test_changed_parameter_makes_new_versions(project: Path, before: Versions) -> None:
    file = project / "samconfig.toml"
    file.write_text(file.read_text().replace("ShopCacheSize=0.5", "ShopCacheSize=1.6"))

    assert changed(before, published(project)) == CONTEXTS


def test_environments_have_versions_of_their_own(before: Versions) -> None:
    assert changed(before, published(ROOT, "dev")) == CONTEXTS


def test_every_parameter_of_an_environment_is_passed_with_a_digest_for_each_context() -> None:
    given = dict(each.split("=", 1) for each in parameters("local", "SearchUrl=file:///search"))

    assert given["Environment"] == "local"
    assert given["SearchUrl"] == "file:///search"
    digests = {name: value for name, value in given.items() if name.endswith("Digest")}
    assert digests.keys() == {f"{context.title().replace('_', '')}Digest" for context in CONTEXTS}
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in digests.values())
    assert len(set(digests.values())) == len(CONTEXTS)


def test_unknown_environment_is_refused() -> None:
    with pytest.raises(ValueError, match="has no environment production"):
        parameters("production")


def test_plain_sam_deploy_needs_no_digests_and_publishes_versions_of_the_code() -> None:
    for file in template_files():
        template = yaml_parse(file.read_text())
        digests = {name: each for name, each in template.get("Parameters", {}).items() if name.endswith("Digest")}
        if file.name == "template.yaml":
            assert digests
            assert all(each["Default"] == "" for each in digests.values())
            assert all(re.fullmatch(each.get("AllowedPattern", ".*"), "") for each in digests.values())
        if "AutoPublishAlias" in file.read_text():
            resources = translated(file, dict.fromkeys(digests, ""))["Resources"]
            versions = {name for name, resource in resources.items() if resource["Type"] == "AWS::Lambda::Version"}
            aliases = [resource for resource in resources.values() if resource["Type"] == "AWS::Lambda::Alias"]
            assert {alias["Properties"]["FunctionVersion"]["Fn::GetAtt"][0] for alias in aliases} == versions
            assert versions


def test_every_environment_is_built_from_the_cache_and_in_parallel() -> None:
    settings = tomllib.loads((ROOT / "samconfig.toml").read_text())
    for name, section in settings.items():
        if name != "version":
            assert section["build"]["parameters"].items() >= {"cached": True, "parallel": True}.items(), name
