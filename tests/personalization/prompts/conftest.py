import pytest

from personalization.prompts import wiring
from personalization.versions import wiring as versions
from shared.http.cursors import Cursors
from tests.personalization.prompts.examples import EDITOR, VIEWER
from tests.personalization.prompts.prompt_api import PromptApi


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, edge: None) -> PromptApi:  # noqa: ARG001  edge: the surroundings
    """The routes of prompt projects over fakes."""
    api = PromptApi()
    join(monkeypatch, api)
    return api


@pytest.fixture
def project(api: PromptApi) -> str:
    """Of Olga, who has let in Edda and Vera."""
    project = api.made()
    api.joined(project, EDITOR, "editor")
    api.joined(project, VIEWER, "viewer")
    return project


def join(patch: pytest.MonkeyPatch, api: PromptApi) -> None:
    """Have the handlers of prompt projects use the fakes of this api."""
    patch.setattr(wiring, "project_service", lambda: api.project_service)
    patch.setattr(wiring, "member_service", lambda: api.member_service)
    patch.setattr(wiring, "prompt_service", lambda: api.prompt_service)
    patch.setattr(versions, "version_service", lambda: api.version_service)
    patch.setattr(versions, "cursors", lambda: Cursors("a key for tests"))
    patch.setattr(wiring, "first_answers", lambda: api.first_answers)
    patch.setattr(wiring, "cursors", lambda: Cursors("a key for tests"))
