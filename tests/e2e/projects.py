"""Prompt projects, as staff have them in a journey."""

from dataclasses import dataclass
from typing import Any

from tests.e2e.clients import Api, User, eventually

ARTICLE = (
    "Screening saves lives\n\nA new study followed forty thousand people for ten years. It found that regular bowel "
    "screening finds cancer early. The researchers say that more people should take part in the programme, and that "
    "free kits make it easy to begin at home. "
)


@dataclass
class Project:
    """A project of a staff member, with one card, which contains `word`, and so does every request to its model."""

    api: Api
    path: str
    word: str
    prompt_id: str

    def run(self, article: str = ARTICLE, session_id: str = "s1", api: Api | None = None, **more: Any) -> Any:
        body = {"article": article, "sessionId": self.session(session_id)} | more
        return (api or self.api)("POST", f"{self.path}/runs", json=body)

    def session(self, name: str) -> str:
        return f"{self.word}-{name}"

    def ended(self, run_id: str, api: Api | None = None) -> dict[str, Any]:
        """The run, after its end."""
        state: dict[str, Any] = {}

        def has_ended() -> bool:
            state.update((api or self.api).get(f"{self.path}/runs/{run_id}").json())
            return str(state["status"]) in {"done", "stopped", "failed"}

        eventually(has_ended)
        return state

    def set(self, **settings: int) -> None:
        version = self.api.get(self.path).json()["version"]
        changed = self.api("PUT", self.path, json={"version": version, "settings": settings})
        assert changed.status_code == 200, changed.text

    def save(self, content: str) -> int:
        """The new version of the card."""
        state = self.api.get(f"{self.path}/prompts/{self.prompt_id}?label=latest").json()
        body = {"version": state["version"], "content": content}
        saved = self.api("PUT", f"{self.path}/prompts/{self.prompt_id}", json=body)
        assert saved.status_code == 200, saved.text
        return int(saved.json()["version"])

    def evaluated(self, **wanted: Any) -> dict[str, Any]:
        started = self.api("POST", f"{self.path}/evaluations", json=wanted)
        assert started.status_code == 202, started.text
        state: dict[str, Any] = {}

        def has_finished() -> bool:
            state.update(self.api.get(f"{self.path}/evaluations/{started.json()['evaluationId']}").json())
            return str(state["status"]) != "running"

        eventually(has_finished)
        return state


def add_member(project: Project, user: User, role: str) -> None:
    added = project.api("POST", f"{project.path}/members", json={"userId": user.user_id, "role": role})
    assert added.status_code == 201, added.text
