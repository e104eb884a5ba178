"""Imports are most of a cold start: these tests limit what a function has loaded after answering a request."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.aws_stand_in import StandIn, running_stand_in
from benchmarks.init_bytecode import ENVIRONMENT
from generate.functions import functions
from tests.architecture.layers import layers_needed
from tests.shared.imports import imports

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "events").glob("*/*.json"))
OWN_HANDLERS = {function.file.stem for function in functions()}
"""Those of functions that are not behind a router."""

# Packages of the layer that a function may load.
PACKAGES = frozenset(
    {
        *("annotated_types", "pydantic", "pydantic_core", "re2", "typing_extensions", "typing_inspection", "tzdata"),
        *(
            "aws_lambda_powertools",
            "boto3",
            "botocore",
            "cachetools",
            "dateutil",
            "jmespath",
            "pynamodb",
            "s3transfer",
            "six",
            "urllib3",
        ),
    }
)

# Maximum number of modules, Python's included, without those of a bare interpreter.
MAX_MODULES = 780

# The help desk's router has the routes of all its features: docs/decisions/0083-router.md.
ROUTER_MODULES = 870

# What functions with another layer may load on top, and how many modules they may have in all.
_WITH_REQUESTS = frozenset({"certifi", "charset_normalizer", "idna", "requests"})
LAYERS = {
    "OpenSearchLayer": ("opensearch", _WITH_REQUESTS | {"events", "opensearchpy"}, 950),
    "PaymentsLayer": ("payments", _WITH_REQUESTS | {"stripe"}, 900),
    "PicturesLayer": ("pictures", frozenset({"PIL"}), 900),
    "PostgresLayer": ("postgres", frozenset({"psycopg2"}), ROUTER_MODULES),
}
SEARCH_FUNCTIONS = ("product_search", "rebuild_search", "sync_search")

_ANSWER = """
import json
from {module} import handler

class Invocation:
    function_name = invoked_function_arn = aws_request_id = "example"
    memory_limit_in_mb = 512

try:
    handler(json.load(open({sample!r})), Invocation())
except Exception:
    pass  # the stand-in may know less than the function asks for: what it needs is loaded by then
"""


@pytest.fixture(scope="module")
def aws() -> Iterator[StandIn]:
    with running_stand_in() as stand_in:
        yield stand_in


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.parent.name}-{sample.stem}")
def test_function_loads_no_more_than_its_budget(sample: Path, aws: StandIn) -> None:
    packages, modules, layers = PACKAGES, MAX_MODULES, ["shared"]
    if module_of(sample).endswith(".router"):
        modules = ROUTER_MODULES
    for layer in layers_needed(module_of(sample)):
        folder, more, modules = LAYERS[layer]
        packages, layers = packages | more, [*layers, folder]

    loaded = imports(program(sample), ENVIRONMENT | {"AWS_ENDPOINT_URL": aws.url}, layers)

    assert loaded.third_party.keys() <= packages, f"{sample.stem} loads packages that it has no budget for"
    assert len(loaded.modules) <= modules, (
        f"{sample.stem} loads {len(loaded.modules)} modules, {modules} are allowed: which are new?"
    )


@pytest.mark.parametrize("name", ["products", "product_search"])
def test_browsing_and_searching_need_no_pydantic(name: str, aws: StandIn) -> None:
    sample = ROOT / f"events/commerce/{name}.json"

    loaded = imports(program(sample), ENVIRONMENT | {"AWS_ENDPOINT_URL": aws.url}, ("shared", "opensearch"))

    assert "pydantic" not in loaded.third_party


# Without an engine, what keeps its index is not deployed.
@pytest.mark.parametrize(
    ("name", "url"), [("product_search", "none:"), *((name, "file:///nowhere") for name in SEARCH_FUNCTIONS)]
)
def test_search_without_a_domain_needs_no_client_of_one(name: str, url: str, aws: StandIn) -> None:
    sample = ROOT / f"events/commerce/{name}.json"

    environment = ENVIRONMENT | {"AWS_ENDPOINT_URL": aws.url, "SEARCH_URL": url}

    loaded = imports(program(sample), environment, besides=["tantivy"])

    assert f"commerce.search.handlers.{name}" in loaded.modules
    assert "opensearchpy" not in loaded.modules


def program(sample: Path) -> str:
    return _ANSWER.format(module=module_of(sample), sample=str(sample))


def module_of(sample: Path) -> str:
    context = sample.parent.name
    code = ROOT / context / "src" / context
    if (code / f"{sample.stem}.py").is_file():
        return f"{context}.{sample.stem}"
    if (code / "router.py").is_file() and sample.stem not in OWN_HANDLERS:
        return f"{context}.router"
    [file] = code.glob(f"*/handlers/{sample.stem}.py")
    return f"{context}.{file.parents[1].name}.handlers.{sample.stem}"
