"""Prepares an account for an environment's deployments from GitHub Actions: roles, and a bucket for artifacts."""

import re
from pathlib import Path

from operations import stacks
from operations.environment import CannotContinue, Environment

TEMPLATE = Path(__file__).with_name("bootstrap.yaml")
_ISSUER = "token.actions.githubusercontent.com"
_REPOSITORY = re.compile(r"[\w.@-]+/[\w.@-]+")


def bootstrap(environment: Environment, repository: str) -> dict[str, str]:
    """Create the environment's bootstrap stack, or update it. Returns its outputs."""
    if not _REPOSITORY.fullmatch(repository):
        raise CannotContinue(
            f"REPOSITORY must be owner/name as in GitHub's OIDC tokens, not {repository!r}. Repositories created since "
            "June 2026 have numbers in it (Settings → Actions → OIDC shows them): REPOSITORY=owner-123/name-456"
        )
    parameters = {
        "StackName": environment.stack,
        "Environment": environment.name,
        "Repository": repository,
        "OidcProvider": _identity_provider(environment),
    }
    stacks.deploy(environment, environment.bootstrap_stack, TEMPLATE.read_text(), parameters)
    return environment.outputs(environment.bootstrap_stack)


def _identity_provider(environment: Environment) -> str:
    """An account has one for each issuer, so that it belongs to no environment's stack."""
    iam = environment.client("iam")
    for provider in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        if provider["Arn"].endswith(f":oidc-provider/{_ISSUER}"):
            return str(provider["Arn"])
    created = iam.create_open_id_connect_provider(Url=f"https://{_ISSUER}", ClientIDList=["sts.amazonaws.com"])
    return str(created["OpenIDConnectProviderArn"])
