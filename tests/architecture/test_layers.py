"""What the layers contain, and which functions have more than the shared one."""

import re
from pathlib import Path
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]
SHARED, BOTH = [{"Ref": "SharedLayer"}], [{"Ref": "SharedLayer"}, {"Ref": "OpenSearchLayer"}]
FUNCTIONS_OF_SEARCH = {
    "ProductSearchFunction": {"Fn::If": ["HasSearch", BOTH, SHARED]},
    "SyncSearchFunction": BOTH,
    "RebuildSearchFunction": BOTH,
}


def packages(layer: str) -> set[str]:
    text = (ROOT / "layers" / layer / "requirements.txt").read_text()
    return set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))


def functions_with_layers() -> list[Any]:
    found = []
    for file in sorted(ROOT.glob("*/*.yaml")):
        template = yaml_parse(file.read_text())
        of_all = template.get("Globals", {}).get("Function", {}).get("Layers")
        for name, resource in template.get("Resources", {}).items():
            if resource["Type"] == "AWS::Serverless::Function":
                found.append(pytest.param(name, resource["Properties"].get("Layers", of_all), id=name))
    return found


def test_no_layer_carries_what_the_shared_one_has() -> None:
    assert packages("opensearch") & packages("shared") == set()


def test_client_of_opensearch_comes_without_grpc() -> None:
    carried = packages("opensearch") | packages("shared")

    assert "opensearch-py" in carried
    assert carried.isdisjoint({"opensearch-protobufs", "protobuf", "grpcio"})


@pytest.mark.parametrize(("name", "layers"), functions_with_layers())
def test_only_functions_of_search_have_the_client_of_opensearch(name: str, layers: Any) -> None:
    assert layers == FUNCTIONS_OF_SEARCH.get(name, SHARED)


def test_layers_are_built_alike() -> None:
    """SAM copies each layer's own folder only, so their Makefiles cannot include a common one."""

    def steps(layer: str) -> list[str]:
        text = (ROOT / "layers" / layer / "Makefile").read_text()
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        return [re.sub(r"^build-\w+:$", "build:", line) for line in lines if "../src" not in line]

    assert steps("opensearch") == steps("shared")
