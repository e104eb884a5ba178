"""Builds and deploys the project's templates to the local AWS, using the real `sam build` and `sam deploy`."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from botocore.config import Config
from botocore.session import get_session

from local.emulator.runtime_client import use_runtime_client
from local.fingerprints import fingerprint as fingerprint_of
from local.workspace import REGION, ROOT, STACK, CannotContinue, Workspace, architecture
from release.parameters import parameters

_MAX_CALL_SECONDS = 900  # Lambda's longest time-out
WITHOUT_DATABASE = "CustomerDatabase=none"
_FINGERPRINT = "almoner:fingerprint"
_MIGRATIONS = "KnowledgeBase/Database/MigrateDatabaseFunction"
_SOURCES = (
    "template.yaml",
    "samconfig.toml",
    "layers",
    "identity",
    "personalization",
    "commerce",
    "communications",
    "knowledge_base",
    "gateway",
    "release",
    "local/deployment.py",
    "local/emulator",
)


def client(service: str, workspace: Workspace, config: Config | None = None) -> Any:
    """A client of the local AWS, as its root user."""
    root_user = workspace.root_user
    return get_session().create_client(
        service,
        config=config,
        endpoint_url=workspace.endpoint,
        region_name=REGION,
        aws_access_key_id=root_user.access_key_id,
        aws_secret_access_key=root_user.secret_access_key,
    )


def fingerprint(workspace: Workspace) -> str:
    """Changes with everything that goes into a deployment, including how the local AWS interprets templates."""
    return fingerprint_of(
        _SOURCES, workspace.port, workspace.search_engine, workspace.stripe_url, architecture(), sys.prefix
    )


def deployed_fingerprint(workspace: Workspace) -> str | None:
    """That of the sources that are deployed; equal to `fingerprint` if the deployment is up to date."""
    stack = deployed_stack(workspace)
    tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])} if stack else {}
    return tags.get(_FINGERPRINT)


def deployed_stack(workspace: Workspace) -> dict[str, Any] | None:
    """The root stack; None if there is none or its last deployment failed."""
    cloudformation = client("cloudformation", workspace)
    try:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    except cloudformation.exceptions.ClientError:
        return None
    return stack if stack["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"} else None


def stack_outputs(workspace: Workspace) -> dict[str, str]:
    stack = deployed_stack(workspace)
    if stack is None:
        raise CannotContinue("Nothing is deployed yet. Start with: make up")
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def deployed_functions(workspace: Workspace) -> dict[str, str]:
    """The physical name of each function, by its path: Commerce/Backend/Search/RebuildSearchFunction."""
    return dict(_functions(client("cloudformation", workspace), STACK))


def _functions(cloudformation: Any, stack: str, prefix: str = "") -> Iterator[tuple[str, str]]:
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack):
        for resource in page["StackResourceSummaries"]:
            path, physical = prefix + resource["LogicalResourceId"], resource["PhysicalResourceId"]
            if resource["ResourceType"] == "AWS::Lambda::Function":
                yield path, physical
            elif resource["ResourceType"] == "AWS::CloudFormation::Stack":
                yield from _functions(cloudformation, physical, f"{path}/")


def invoke(workspace: Workspace, function: str, event: Mapping[str, object]) -> Any:
    """Return the function's result. Raises CannotContinue if the function fails."""
    patient = Config(read_timeout=_MAX_CALL_SECONDS, retries={"total_max_attempts": 1})
    answer = client("lambda", workspace, patient).invoke(FunctionName=function, Payload=json.dumps(event).encode())
    result = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise CannotContinue(f"{function} failed: {result.get('errorMessage')}. For details: make logs")
    return result


def create_push_applications(workspace: Workspace) -> None:
    """Let the platform send push messages: on AWS, somebody would give SNS the app's credentials."""
    sns = client("sns", workspace)
    for platform in ("APNS", "GCM"):
        sns.create_platform_application(Name="almoner", Platform=platform, Attributes={})


def verify_sender(workspace: Workspace) -> None:
    """Let the platform send mail in the name of its sender: on AWS, somebody would verify it by hand."""
    stack, ses = deployed_stack(workspace) or {}, client("sesv2", workspace)
    chosen = {each["ParameterKey"]: each["ParameterValue"] for each in stack.get("Parameters", [])}
    with suppress(ses.exceptions.AlreadyExistsException):
        ses.create_email_identity(EmailIdentity=chosen["MailIdentity"])


def build(workspace: Workspace) -> None:
    """Run `sam build`, then make the functions run from the source tree on AWS's runtime interface client."""
    _sam(
        workspace,
        "build",
        "--build-dir",
        str(workspace.build),
        "--cached",
        "--cache-dir",
        str(ROOT / ".local/sam"),
        "--parameter-overrides",
        f"Architecture={architecture()}",
    )
    use_runtime_client(
        workspace.build,
        ROOT,
        {"AWS_ENDPOINT_URL": workspace.endpoint, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": workspace.model_endpoint},
        ROOT / ".venv/bin/python",
    )


def deploy(workspace: Workspace, source_fingerprint: str, database: Mapping[str, object] | None) -> None:
    """Run `sam deploy` on the last build. Raises CannotContinue with CloudFormation's reason if it fails.

    `database` is what `offer_database` says.
    """
    _delete_failed_stack(workspace)
    _sam(
        workspace,
        "deploy",
        "--template-file",
        str(workspace.build / "template.yaml"),
        "--no-progressbar",
        "--tags",
        f"{_FINGERPRINT}={source_fingerprint}",
        "--parameter-overrides",
        *_parameters(workspace, database),
    )


def migrate_database(workspace: Workspace) -> None:
    """Bring its schema up to date: on AWS, the deployment does. Raises CannotContinue."""
    function = deployed_functions(workspace).get(_MIGRATIONS)
    if function is not None:
        invoke(workspace, function, {})


def _parameters(workspace: Workspace, database: Mapping[str, object] | None) -> list[str]:
    """Those of samconfig.toml's local environment, and local replacements for parts of AWS."""
    offered = [WITHOUT_DATABASE]
    if database is not None:
        address = "{host}:{port}/{name}".format_map(database)
        offered = ["CustomerDatabase=existing", f"DatabaseAddress={address}", f"DatabaseSecret={database['secretArn']}"]
    return parameters(
        "local",
        f"Architecture={architecture()}",
        f"SearchUrl={workspace.search_url}",
        f"ObjectsUrl={workspace.endpoint}",
        f"StripeUrl={workspace.stripe_url}",
        *offered,
    )


def _delete_failed_stack(workspace: Workspace) -> None:
    """Delete a stack whose first deployment failed: as on AWS, it cannot be updated."""
    cloudformation = client("cloudformation", workspace)
    try:
        status = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]
    except cloudformation.exceptions.ClientError:
        return
    if status in {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}:
        cloudformation.delete_stack(StackName=STACK)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=STACK)


def _sam(workspace: Workspace, command: str, *arguments: str) -> None:
    log = workspace.state / f"sam-{command}.log"
    call = ["sam", command, "--config-file", str(ROOT / "samconfig.toml"), "--config-env", "local", *arguments]
    with log.open("wb") as output:
        done = subprocess.run(
            call,
            cwd=ROOT,
            env=workspace.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise CannotContinue(f"`sam {command}` failed. Last lines of {log}:\n{tail}")
