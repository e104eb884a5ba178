"""What SAM makes of a template when CloudFormation deploys it: the linter and the architecture's tests read that.

cfn-lint reads a template of SAM's as it is written, and cannot see what SAM generates: which stage an API gets, whether
a permission is for a function or for its alias.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

from release.project import ROOT, Json

# What `sam package` uploads, and puts an address for.
_UPLOADED = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}
_REGION = "us-west-2"
_ANY_DIGEST = "0" * 64

logging.getLogger("samtranslator.metrics").setLevel(logging.ERROR)  # it warns that it has published none,
logging.getLogger("samtranslator.feature_toggle.feature_toggle").setLevel(logging.ERROR)  # and that AWS can switch more


class _NoManagedPolicies:
    """SAM asks for AWS's managed policies, which no template here names."""

    def load(self) -> dict[str, str]:
        return {}


def template_files(file: Path = ROOT / "template.yaml") -> Iterator[Path]:
    """The template and those that it nests, each once."""
    seen = [file]
    for parent in seen:
        for resource in yaml_parse(parent.read_text())["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Application":
                child = (parent.parent / resource["Properties"]["Location"]).resolve()
                if child not in seen:
                    seen.append(child)
    yield from seen


def translated(file: Path, parameters: Mapping[str, str] | None = None) -> Json:
    """The template of CloudFormation that SAM makes; a digest that is not given is any."""
    template: Json = yaml_parse(file.read_text())
    if "Transform" not in template:
        return template
    digests = {name: _ANY_DIGEST for name in template.get("Parameters", {}) if name.endswith("Digest")}
    _package(template)
    with _region():
        result: Json = transform(deepcopy(template), digests | dict(parameters or {}), _NoManagedPolicies())
    return result


def _package(template: Json) -> None:
    function: Json = template.get("Globals", {}).get("Function", {})
    if "CodeUri" in function:
        function["CodeUri"] = "s3://bucket/code"
    for resource in template["Resources"].values():
        kind, properties = resource["Type"], resource.get("Properties", {})
        uploaded: Any = _UPLOADED.get(kind)
        if uploaded in properties:
            properties[uploaded] = "s3://bucket/code"
        if kind == "AWS::Serverless::Application":
            properties["Location"] = "https://bucket.s3.amazonaws.com/template"


@contextmanager
def _region() -> Iterator[None]:
    """SAM asks the environment in which partition of AWS it is."""
    before = os.environ.get("AWS_DEFAULT_REGION")
    os.environ["AWS_DEFAULT_REGION"] = _REGION
    try:
        yield
    finally:
        if before is None:
            del os.environ["AWS_DEFAULT_REGION"]
        else:
            os.environ["AWS_DEFAULT_REGION"] = before
