"""State machines: the format of their definitions."""

import json

from ministack.services.cloudformation import provisioners
from samcli.yamlhelper import yaml_parse

from local.emulator.provisioning import Json


def read_definitions_in_yaml() -> None:
    """Accept definition files in YAML; MiniStack parses only JSON."""
    resolve = provisioners._sfn_definition

    def resolve_as_json(properties: Json) -> str:
        definition: str = resolve(properties)
        return definition if definition.lstrip().startswith("{") else json.dumps(yaml_parse(definition))

    provisioners._sfn_definition = resolve_as_json
