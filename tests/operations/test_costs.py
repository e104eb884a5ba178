"""What docs/deploy.md says that an environment costs at rest, held against the templates."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse

from operations.environment import ROOT

PAGE = (ROOT / "docs" / "deploy.md").read_text()
FREE_ALARMS, ALARM_CENTS, FREE_DASHBOARDS, DASHBOARD_CENTS, SECRET_CENTS = 10, 10, 3, 300, 40


def resources(file: Path = ROOT / "template.yaml") -> Iterator[dict[str, Any]]:
    """Of all templates; of one that is nested twice, twice."""
    for resource in yaml_parse(file.read_text())["Resources"].values():
        yield resource
        if resource["Type"] == "AWS::Serverless::Application":
            yield from resources((file.parent / resource["Properties"]["Location"]).resolve())


def test_cost_at_rest_is_that_of_the_templates() -> None:
    kinds = Counter(resource["Type"] for resource in resources() if "Condition" not in resource)
    alarms, secrets = kinds["AWS::CloudWatch::Alarm"], kinds["AWS::SecretsManager::Secret"]
    dashboards = max(0, kinds["AWS::CloudWatch::Dashboard"] - FREE_DASHBOARDS)
    cents = (alarms - FREE_ALARMS) * ALARM_CENTS + secrets * SECRET_CENTS + dashboards * DASHBOARD_CENTS

    assert re.findall(r"CloudWatch alarms \| (\d+) at", PAGE) == [str(alarms)]
    assert re.findall(r"Secrets Manager \| (\d+) secret", PAGE) == [str(secrets)]
    assert re.findall(r"together\*\* \| \| \*\*\$([\d.]+)", PAGE) == [f"{cents / 100:.2f}"]


def test_nothing_else_is_billed_by_the_hour_unless_a_parameter_wants_it() -> None:
    kinds = {resource["Type"] for resource in resources() if "Condition" not in resource}

    assert not kinds & {"AWS::KMS::Key", "AWS::EC2::NatGateway", "AWS::RDS::DBInstance"}
