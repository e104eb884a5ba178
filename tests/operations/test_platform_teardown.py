"""Deletes the platform of this run, after all other tests."""

import pytest

from tests.e2e.clients import Platform
from tests.operations.test_platform import operations, platform

__all__ = ["platform"]


@pytest.mark.platform
@pytest.mark.alone
def test_whole_platform_is_torn_down_with_its_data(platform: Platform) -> None:
    answer = operations(platform, "teardown", "local", "--data", CONFIRM="almoner")

    assert answer.returncode == 0, answer.stderr
    kept = answer.stdout.partition("is still there:")[2].split()
    assert kept[::2] == ["AWS::IAM::Role", "AWS::ApiGateway::Account"], "the account's, for all of its APIs"
    assert platform.tables == []
    assert "is not deployed" in operations(platform, "show", "local").stderr
