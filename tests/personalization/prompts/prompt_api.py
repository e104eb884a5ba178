"""The routes of prompt projects, with fakes behind their handlers."""

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from personalization.prompts.domain.editing import PromptService
from personalization.prompts.domain.membership import MemberService
from personalization.prompts.domain.projects import Project, ProjectService
from personalization.prompts.domain.sweeping import Sweeper
from personalization.prompts.handlers import project_members, projects, prompts
from personalization.versions.domain.promotion import VersionService
from personalization.versions.handlers import prompt_versions
from shared.auth.callers import Caller
from tests.personalization.calls import Answer
from tests.personalization.fakes import FakePeople
from tests.personalization.prompts.examples import OWNER, VIEWER
from tests.personalization.prompts.fakes import FakeProjects, FakePrompts, FakeTexts
from tests.shared.first_answers import FakeFirstAnswers
from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.handler_calls import answer_of, sent

POOL = ThreadPoolExecutor(4, thread_name_prefix="read")

_HANDLERS = (
    (r"/api/projects(/{projectId})?", projects.handler),
    (r"/api/projects/{projectId}/members.*", project_members.handler),
    (r"/api/projects/{projectId}/prompts(/order|/{promptId})?", prompts.handler),
    (r"/api/projects/{projectId}/prompts/{promptId}/.*", prompt_versions.handler),
)


@dataclass
class FakeEvaluations:
    """By version, the cases that it has not passed."""

    failing: dict[int, Sequence["Case"]] = field(default_factory=dict)

    def failing_cases(self, project_id: str, prompt_id: str, version: int) -> Sequence["Case"]:  # noqa: ARG002
        return self.failing.get(version, ())


@dataclass(frozen=True)
class Case:
    name: str
    why: str


class PromptApi:
    def __init__(self) -> None:
        self.first_answers = FakeFirstAnswers()
        self.projects = FakeProjects(self.first_answers)
        self.prompts = FakePrompts(self.projects, self.first_answers)
        self.texts = FakeTexts(lambda: datetime.now(UTC))
        self.evaluations = FakeEvaluations()
        self.sweeper = Sweeper(self.prompts, self.texts)
        numbers = count(1)

        def new_id(_: datetime) -> str:
            return f"id-{next(numbers):04}"

        self.project_service = ProjectService(self.projects, new_id)
        self.member_service = MemberService(self.projects, FakePeople())
        self.prompt_service = PromptService(
            project_access=self.project_service,
            prompts=self.prompts,
            texts=self.texts,
            new_id=new_id,
            readers=lambda: POOL,
        )
        self.version_service = VersionService(
            project_access=self.project_service,
            prompts=self.prompts,
            texts=self.texts,
            evaluations=self.evaluations,
            new_id=new_id,
            readers=lambda: POOL,
        )

    def call(
        self,
        caller: Caller,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """`path` is the real one: `/api/projects/id-0001/prompts`."""
        resource, parameters = _template(path)
        handler = next(handler for pattern, handler in _HANDLERS if re.fullmatch(pattern, resource))
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        claims = access_claims(caller.user_id, ",".join(sorted(caller.groups)) or None)
        event = rest_event(claims, query, headers, resource, path, method, sent(body)) | {"pathParameters": parameters}
        return Answer(*answer_of(handler, event))

    def made(self, caller: Caller = OWNER, **body: object) -> str:
        """A new project's path."""
        answer = self.call(caller, "POST", "/api/projects", {"name": "Letters", **body})
        assert answer.status == 201, answer
        return f"/api/projects/{answer.json['projectId']}"

    def joined(self, project: str, caller: Caller, role: str) -> None:
        answer = self.call(OWNER, "POST", f"{project}/members", {"userId": caller.user_id, "role": role})
        assert answer.status == 201, answer

    def written(self, project: str, content: str = "Write.", caller: Caller = OWNER, **body: object) -> str:
        """A new prompt's path."""
        answer = self.call(caller, "POST", f"{project}/prompts", {"title": "Tone", "content": content, **body})
        assert answer.status == 201, answer
        return f"{project}/prompts/{answer.json['promptId']}"

    def saved(self, prompt: str, version: int, **body: object) -> Any:
        answer = self.call(OWNER, "PUT", prompt, {"version": version, **body})
        assert answer.status == 200, answer
        return answer.json

    def ordered(self, project: str, last: str) -> None:
        """The prompts in their order, with one of them at the end."""
        listed = self.call(OWNER, "GET", f"{project}/prompts").json["items"]
        others = [item["promptId"] for item in listed if item["promptId"] != id_of(last)]
        answer = self.call(OWNER, "PUT", f"{project}/prompts/order", {"promptIds": [*others, id_of(last)]})
        assert answer.status == 200, answer

    def promoted(self, prompt: str, saved: Mapping[str, Any]) -> None:
        """What was saved is in production."""
        body = {"label": "production", "version": saved["version"]}
        answer = self.call(OWNER, "POST", f"{prompt}/labels", body)
        assert answer.status == 200, answer

    def project(self, path: str) -> Project:
        """As it is stored."""
        return self.projects.by_id[id_of(path)]

    def read(self, prompt: str, caller: Caller = OWNER, **query: str) -> Any:
        answer = self.call(caller, "GET", prompt, query=query)
        assert answer.status == 200, answer
        return answer.json


def _template(path: str) -> tuple[str, dict[str, str]]:
    """The route's template of a path, and what stands in its places."""
    names = {"projects": "projectId", "prompts": "promptId", "members": "userId", "labels": "label"}
    parts = path.strip("/").split("/")
    parameters: dict[str, str] = {}
    for index in range(1, len(parts)):
        name = names.get(parts[index - 1])
        if name and parts[index] not in names and parts[index] != "order":
            parameters[name] = parts[index]
            parts[index] = f"{{{name}}}"
    return "/" + "/".join(parts), parameters


def id_of(path: str) -> str:
    return path.rpartition("/")[2]


def steps(api: PromptApi, project: str, **query: str) -> list[tuple[str, int]]:
    items = api.call(VIEWER, "GET", f"{project}/prompts", query={"limit": "100"} | query).json["items"]
    return [(item["title"], item["stepOrder"]) for item in items]
