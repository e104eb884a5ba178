"""The table of what dev costs at rest."""

import pytest

from generate.costs import costs, deployed
from generate.functions import ROOT
from generate.sam_local import Stack

POLLED = "queues that Lambda polls"
ALARM, DASHBOARD = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"
SECRET, KEY = "AWS::SecretsManager::Secret", "AWS::KMS::Key"


@pytest.mark.parametrize(
    ("kinds", "total"),
    [
        ({}, "$0.00"),
        ({ALARM: 10, DASHBOARD: 3}, "$0.00"),
        ({ALARM: 18, SECRET: 1}, "$1.20"),
        ({ALARM: 11, DASHBOARD: 4, KEY: 1}, "$4.10"),
        ({POLLED: 1}, "$0.00"),
        ({POLLED: 10}, "$2.22"),  # 6.57 million requests
    ],
    ids=str,
)
def test_free_ones_are_not_counted(kinds: dict[str, int], total: str) -> None:
    assert costs(kinds)[-1] == f"| **together** | | **{total}** |"


def test_only_what_the_environment_has_is_counted() -> None:
    given = {"Environment": "dev", "AllowedOrigin": "https://almoner.example"}

    def domains(**more: str) -> int:
        stack = Stack(ROOT / "template.yaml", given | more)
        return sum(resource["Type"] == "AWS::OpenSearchService::Domain" for resource in deployed(stack))

    assert domains() == 0
    assert domains(SearchInstanceType="t3.small.search") == 1


def test_template_that_is_nested_twice_counts_twice() -> None:
    described = [
        str(resource["Properties"]["AlarmDescription"])
        for resource in deployed(Stack(ROOT / "template.yaml", {"Environment": "dev"}))
        if resource["Type"] == ALARM
    ]

    contexts = 5
    assert sum("slow_responses.md" in each for each in described) == contexts  # gateway/monitoring.yaml
