"""The functions of the local AWS: what they are told by their environment, and in which role they act."""

from collections.abc import Mapping

from local.deployment import client, deployed_functions
from local.workspace import Workspace


def environments(here: Workspace, endpoints: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The variables of each function, by its path (Personalization/GetProfileFunction); `endpoints` go to all of them.

    Functions act in their deployed roles: what the template does not allow fails here, too.
    """
    functions, tokens = client("lambda", here), client("sts", here)
    found = {}
    for path, name in deployed_functions(here).items():
        deployed = functions.get_function_configuration(FunctionName=name)
        role = tokens.assume_role(RoleArn=deployed["Role"], RoleSessionName="sam-local")["Credentials"]
        credentials = {
            "AWS_ACCESS_KEY_ID": role["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": role["SecretAccessKey"],
            "AWS_SESSION_TOKEN": role["SessionToken"],
        }
        found[path] = deployed.get("Environment", {}).get("Variables", {}) | credentials | dict(endpoints)
    return found
