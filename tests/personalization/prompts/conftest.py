import pytest

from personalization.prompts import wiring
from personalization.versions import wiring as versions
from shared.http.cursors import Cursors
from tests.personalization.prompts.desks import Desks


@pytest.fixture
def desks(monkeypatch: pytest.MonkeyPatch, edge: None) -> Desks:  # noqa: ARG001  edge: the surroundings
    """What the handlers of prompt projects use."""
    desks = Desks()
    join(monkeypatch, desks)
    return desks


def join(patch: pytest.MonkeyPatch, desks: Desks) -> None:
    """Have the handlers of prompt projects use these desks."""
    patch.setattr(wiring, "project_desk", lambda: desks.project_desk)
    patch.setattr(wiring, "prompt_desk", lambda: desks.prompt_desk)
    patch.setattr(versions, "version_desk", lambda: desks.version_desk)
    patch.setattr(versions, "cursors", lambda: Cursors("a key for tests"))
    patch.setattr(wiring, "first_answers", lambda: desks.first_answers)
    patch.setattr(wiring, "cursors", lambda: Cursors("a key for tests"))
