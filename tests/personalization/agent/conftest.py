import pytest

from tests.personalization.agent.worlds import World


@pytest.fixture
def world() -> World:
    return World()
