"""Offers Postgres to the stack as RDS does: its password is a secret of RDS's form."""

import json

from local.deployment import client
from local.postgres.installation import DATABASE, USER, is_installed, password_of
from local.workspace import HOST, Workspace

_SECRET = "rds!db-almoner-local"  # noqa: S105  its name, of the form that RDS gives to those that it manages


def offer_database(workspace: Workspace) -> dict[str, object] | None:
    """Host, port, name and the secret's ARN, for a function and for outputs.json; None if it is not installed."""
    if not is_installed():
        return None
    manager = client("secretsmanager", workspace)
    secret = json.dumps({"username": USER, "password": password_of(workspace.postgres)})
    try:
        stored = manager.get_secret_value(SecretId=_SECRET)
        arn = stored["ARN"]
        if stored["SecretString"] != secret:  # one of both was reset
            manager.put_secret_value(SecretId=_SECRET, SecretString=secret)
    except manager.exceptions.ResourceNotFoundException:
        arn = manager.create_secret(Name=_SECRET, SecretString=secret)["ARN"]
    return {"host": HOST, "port": workspace.postgres_port, "name": DATABASE, "secretArn": arn}
