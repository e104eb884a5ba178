"""What the fork server loads before it forks: third-party packages and botocore's models, nothing of the project.

What is missing here a worker loads itself, at its own cost.
"""

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any

MODULES = (
    "awslambdaric.lambda_config",
    "awslambdaric.lambda_context",
    "awslambdaric.lambda_literals",
    "awslambdaric.lambda_runtime_exception",
    "awslambdaric.lambda_runtime_log_utils",
    "awslambdaric.lambda_runtime_marshaller",
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.event_handler.openapi.models",
    "aws_lambda_powertools.logging.formatter",
    "aws_lambda_powertools.metrics",
    "aws_lambda_powertools.utilities.batch",
    "aws_lambda_powertools.utilities.data_classes",
    "aws_lambda_powertools.utilities.parameters",
    "boto3",
    "difflib",
    "encodings.idna",
    "jwt.algorithms",
    "opensearchpy",
    "psycopg2",
    "pydantic",
    "pydantic.root_model",
    "pynamodb.attributes",
    "pynamodb.indexes",
    "pynamodb.models",
    "pynamodb.transactions",
    "re2",
    "snapshot_restore_py",
    "stripe",
    "tantivy",
)
"""Those that are not installed are skipped.

Left out is what reads at import what is the worker's own: awslambdaric's bootstrap and client with runtime_client (log
format, address of the runtime API), and aws_xray_sdk (whether it runs on Lambda; it also opens a socket).
"""

SERVICES = (
    "apigatewaymanagementapi",
    "bedrock-runtime",
    "dynamodb",
    "events",
    "s3",
    "secretsmanager",
    "sqs",
    "ssm",
    "stepfunctions",
)
"""Of AWS, by botocore's names."""


def preload() -> None:
    """Import the modules, and make a client of each service cheap for every session of this process and its forks."""
    for module in MODULES:
        if importlib.util.find_spec(module.partition(".")[0]):
            importlib.import_module(module)
    _share_parsed_files()
    _make_clients()


def _share_parsed_files() -> None:
    """Let each session start with the service models and endpoints that an earlier one has parsed.

    They are all that is kept: region, endpoint and credentials are read when a worker makes its session.
    """
    import botocore.session

    create_loader: Callable[[str | None], Any] = botocore.session.create_loader
    parsed: dict[object, object] = {}

    def create_warm_loader(search_path_string: str | None = None) -> Any:
        loader = create_loader(search_path_string)
        if search_path_string is None:  # AWS_DATA_PATH would lead to other files
            loader._cache = parsed
        return loader

    botocore.session.create_loader = create_warm_loader


def _make_clients() -> None:
    import botocore.session

    session = botocore.session.get_session()
    session.set_credentials("none", "none")  # or it would look for some, even on the network
    for service in SERVICES:
        session.create_client(service, "us-east-1")
