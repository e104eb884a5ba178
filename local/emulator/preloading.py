"""What the fork server loads before it forks: third-party packages and botocore's service models.

It loads no code of the project, so that new workers pick up edits. Workers import by themselves what is missing here.
"""

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any

MODULES = (
    "PIL.Image",
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
    "aws_lambda_powertools.utilities.data_classes.api_gateway_authorizer_event",
    "aws_lambda_powertools.utilities.data_classes.cognito_user_pool_event",
    "aws_lambda_powertools.utilities.parameters",
    "aws_lambda_powertools.utilities.typing",
    "boto3.dynamodb.types",
    "boto3.s3.transfer",
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
"""Packages that are not installed are skipped.

Modules that read a worker's environment when they are imported must not be listed: awslambdaric's bootstrap and client
and runtime_client (log format, address of the runtime API), and aws_xray_sdk, which also opens a socket.
"""

SERVICES = (
    "apigatewaymanagementapi",
    "bedrock-runtime",
    "cognito-idp",
    "dynamodb",
    "events",
    "s3",
    "secretsmanager",
    "sqs",
    "ssm",
    "stepfunctions",
)
"""Botocore's names of the AWS services that functions call."""


def preload() -> None:
    """Import the modules, and make creating clients cheap in this process and its forks."""
    for module in MODULES:
        if importlib.util.find_spec(module.partition(".")[0]):
            importlib.import_module(module)
    _share_parsed_files()
    _make_clients()


def _share_parsed_files() -> None:
    """Let all sessions share the service models and endpoint rules that any of them has parsed.

    Nothing else is shared: each session reads region, endpoints and credentials from its own environment.
    """
    import botocore.session

    create_loader: Callable[[str | None], Any] = botocore.session.create_loader
    parsed: dict[object, object] = {}

    def create_warm_loader(search_path_string: str | None = None) -> Any:
        loader = create_loader(search_path_string)
        if search_path_string is None:  # with AWS_DATA_PATH, the same name may be another file
            loader._cache = parsed
        return loader

    botocore.session.create_loader = create_warm_loader


def _make_clients() -> None:
    import botocore.session

    session = botocore.session.get_session()
    session.set_credentials("none", "none")  # otherwise it would look for them, even on the network
    for service in SERVICES:
        session.create_client(service, "us-east-1")
