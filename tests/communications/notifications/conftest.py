import pytest

from tests.communications.notifications.world import World


@pytest.fixture
def world() -> World:
    return World()
