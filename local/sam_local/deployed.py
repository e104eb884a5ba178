"""The functions of the local AWS: what they are told by their environment, and in which role they act."""

from collections.abc import Mapping

from local.deployment import client, deployed_functions
from local.workspace import Workspace

# A container has neither the folder of the search index nor the engine that reads it: it asks a domain without answers.
_SEARCH_URL = "https://127.0.0.1:9"


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
        variables = deployed.get("Environment", {}).get("Variables", {})
        if "SEARCH_URL" in variables:
            variables["SEARCH_URL"] = _SEARCH_URL
        found[path] = variables | credentials | dict(endpoints)
    return found
