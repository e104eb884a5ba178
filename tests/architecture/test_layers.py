"""What the layers contain, and which functions have more than the shared one."""

import re
from pathlib import Path
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]
SHARED = [{"Ref": "SharedLayer"}]
SEARCH, PAYMENTS = [*SHARED, {"Ref": "OpenSearchLayer"}], [*SHARED, {"Ref": "PaymentsLayer"}]
LAYERS = {
    "ProductSearchFunction": {"Fn::If": ["HasSearch", SEARCH, SHARED]},
    "SyncSearchFunction": SEARCH,
    "RebuildSearchFunction": SEARCH,
    "ReconcilePaymentsFunction": PAYMENTS,
    "StripeWebhookFunction": [{"Ref": "PaymentsLayer"}],  # SAM adds those of Globals
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


@pytest.mark.parametrize("layer", ["opensearch", "payments"])
def test_no_layer_carries_what_the_shared_one_has(layer: str) -> None:
    assert packages(layer) & packages("shared") == set()


def test_stripes_sdk_comes_with_what_it_sends_requests_by() -> None:
    assert packages("payments") >= {"requests", "stripe"}


def test_client_of_opensearch_comes_without_grpc() -> None:
    carried = packages("opensearch") | packages("shared")

    assert "opensearch-py" in carried
    assert carried.isdisjoint({"opensearch-protobufs", "protobuf", "grpcio"})


@pytest.mark.parametrize(("name", "layers"), functions_with_layers())
def test_functions_have_no_layer_beside_the_shared_one_that_they_do_not_need(name: str, layers: Any) -> None:
    assert layers == LAYERS.get(name, SHARED)


@pytest.mark.parametrize("layer", ["opensearch", "payments"])
def test_layers_are_built_alike(layer: str) -> None:
    """SAM copies each layer's own folder only, so their Makefiles cannot include a common one."""

    def steps(layer: str) -> list[str]:
        text = (ROOT / "layers" / layer / "Makefile").read_text()
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        return [re.sub(r"^build-\w+:$", "build:", line) for line in lines if "../src" not in line]

    assert steps(layer) == steps("shared")
