"""The deployed functions' environment variables, and credentials of their roles."""

from collections.abc import Mapping

from local.deployment import client, deployed_functions
from local.workspace import Workspace

# Containers have neither the search index nor the engine that reads it: their search domain does not answer.
SEARCH_URL = "https://127.0.0.1:9"


def environments(here: Workspace, endpoints: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The variables of each function by path (Personalization/GetProfileFunction), with `endpoints` added to each.

    Functions have the credentials of their deployed roles: what the template does not allow fails here, too.
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
        variables = deployed.get("Environment", {}).get("Variables", {})
        if "SEARCH_URL" in variables:
            variables["SEARCH_URL"] = SEARCH_URL
        found[path] = variables | credentials | dict(endpoints)
    return found
