"""What the layers contain, and which functions have more than the shared one."""

import re
from pathlib import Path

import pytest

from generate.functions import Function, functions
from tests.architecture.layers import layers_needed

ROOT = Path(__file__).resolve().parents[2]
LAYERS = sorted({makefile.parent.name for makefile in (ROOT / "layers").glob("*/Makefile")} - {"shared"})


def packages(layer: str) -> set[str]:
    text = (ROOT / "layers" / layer / "requirements.txt").read_text()
    return set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))


@pytest.mark.parametrize("layer", LAYERS)
def test_no_layer_carries_what_the_shared_one_has(layer: str) -> None:
    assert packages(layer) & packages("shared") == set()


def test_stripes_sdk_comes_with_what_it_sends_requests_by() -> None:
    assert packages("payments") >= {"requests", "stripe"}


def test_driver_of_postgres_comes_with_its_library() -> None:
    assert packages("postgres") == {"psycopg2-binary"}


def test_client_of_opensearch_comes_without_grpc() -> None:
    carried = packages("opensearch") | packages("shared")

    assert "opensearch-py" in carried
    assert carried.isdisjoint({"opensearch-protobufs", "protobuf", "grpcio"})


@pytest.mark.parametrize("function", list(functions()), ids=lambda function: function.name)
def test_function_has_the_layers_of_the_packages_that_its_code_can_import(function: Function) -> None:
    """SAM adds the Globals' layers to a function's own, or else both are named."""
    layers = set(re.findall(r"\w+Layer", str(function.properties["Layers"])))
    assert layers | {"SharedLayer"} == {"SharedLayer", *layers_needed(function.module_name)}


@pytest.mark.parametrize("layer", LAYERS)
def test_layers_are_built_alike(layer: str) -> None:
    """SAM copies each layer's own folder only, so their Makefiles cannot include a common one."""

    def steps(layer: str) -> list[str]:
        text = (ROOT / "layers" / layer / "Makefile").read_text()
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        return [re.sub(r"^build-\w+:$", "build:", line) for line in lines if "../src" not in line]

    assert steps(layer) == steps("shared")
