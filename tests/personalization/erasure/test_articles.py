"""What projects have of somebody's articles, and how it goes."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from local.workspace import ROOT
from personalization.articles.adapters.erasing import ArticleErasing, SessionErasing
from personalization.articles.adapters.records import ChatRecord, ExchangeRecord, SessionRecord
from personalization.articles.adapters.texts import ObjectTexts
from personalization.articles.domain.texts import KeptText
from personalization.prompts.adapters.projects import DynamoProjects
from personalization.prompts.domain.members import Role
from personalization.prompts.domain.membership import MemberService
from shared.people.person import Person
from shared.runs.dynamo_log import DynamoRunLog, FrameRecord, RunRecord
from shared.runs.run import Frame
from tests.personalization.articles.examples import a_session, an_exchange
from tests.personalization.prompts.examples import a_member, a_project
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.erasing import LARGE, NOW, ErasingContract, Owned, rows
from tests.shared.runs.fake_runs import a_run

FOLDER = ROOT / "personalization"
PROJECTS = ("project-1", "project-2")


class Nobody:
    def find(self, _: Sequence[str]) -> Mapping[str, Person]:
        raise AssertionError("whoever leaves need not be there any more")


class OwnedArticles:
    """In projects of Olga's."""

    def __init__(self, tables: Mapping[str, str], s3: Any) -> None:
        self.projects = DynamoProjects(tables["ProjectsTable"], tables["ProjectMembersTable"], "first-answers")
        self._bucket, self._s3, chats = f"long-{uuid.uuid4().hex}", s3, tables["ChatHistoryTable"]
        s3.create_bucket(Bucket=self._bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        self.runs = DynamoRunLog(tables["RunsTable"], tables["FramesTable"])
        sessions = SessionErasing(chats, ObjectTexts(self._bucket), self.runs)
        self.part = ArticleErasing(sessions, self.projects, MemberService(self.projects, Nobody()))
        self._chats, self._sessions = ChatRecord.at(chats), SessionRecord.at(chats)
        self._exchanges = ExchangeRecord.at(chats)
        self._live = RunRecord.at(tables["RunsTable"]), FrameRecord.at(tables["FramesTable"])
        for project_id in PROJECTS:
            self.projects.add(a_project(project_id), None)

    def give(self, user_id: str, *, many: bool = False) -> None:
        for project_id in PROJECTS:
            self.join(project_id, user_id)
            session_id = f"session-of-{user_id}-{project_id}"
            self._sessions.of(a_session(session_id, user_id, project_id)).put()
            for number in range(30 if many else 2):
                self.write(session_id, user_id, project_id, number, LARGE if many else "Text")

    def join(self, project_id: str, user_id: str) -> None:
        project = self.projects.find(project_id)
        assert project
        if user_id not in self.members(project_id):
            members = (*project.members, a_member(user_id))
            joined = replace(project, members=members, members_version=project.members_version + 1)
            self.projects.set_members(joined, user_id, None)

    def write(self, session_id: str, user_id: str, project_id: str, number: int, text: str) -> None:
        session = a_session(session_id, user_id, project_id)
        exchange = an_exchange(f"run-{number}", session, at=NOW + timedelta(seconds=number), article=text)
        if number == 0:
            key = f"{project_id}/{session_id}/run-0/input.txt"
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=b"A long article.")
            exchange = replace(exchange, input=KeptText(None, key))
            run = a_run(f"run-of-{session_id}", now=NOW)
            self.runs.create(run, lambda _: None)
            self.runs.append(Frame(run.run_id, 1, "delta", {"text": "Hello"}), run.expires_at)
            exchange = replace(exchange, run_id=run.run_id)
        self._exchanges.of(exchange).put()

    def members(self, project_id: str) -> list[str]:
        project = self.projects.find(project_id)
        assert project
        return sorted(member.user_id for member in project.members)

    def kept(self) -> list[str]:
        objects = self._s3.list_objects_v2(Bucket=self._bucket).get("Contents", [])
        members = [f"{project_id} {self.members(project_id)}" for project_id in PROJECTS]
        return [*rows(self._chats, *self._live), *(each["Key"] for each in objects), *members]


@pytest.mark.emulator
class TestArticles(ErasingContract):
    @pytest.fixture
    def owned(self, local_aws: str) -> Iterator[Owned]:
        s3 = boto3.Session("test", "test", region_name="us-west-2").client("s3", endpoint_url=local_aws)
        of_projects = tables_like(local_aws, FOLDER / "prompt_tables.yaml", ["ProjectsTable", "ProjectMembersTable"])
        of_articles = tables_like(local_aws, FOLDER / "article_tables.yaml", ["ChatHistoryTable"])
        of_runs = tables_like(local_aws, ROOT / "gateway" / "live_tables.yaml", ["RunsTable", "FramesTable"])
        with of_projects as projects, of_articles as articles, of_runs as runs:
            yield OwnedArticles(projects | articles | runs, s3)
        s3.close()

    def test_only_owner_stays_and_nothing_that_they_wrote(self, owned: OwnedArticles) -> None:
        others = owned.kept()
        owned.projects.add(a_project("of-ada", a_member("ada", Role.OWNER)), None)
        owned.write("session-of-ada", "ada", "of-ada", 1, "Text")
        owned._sessions.of(a_session("session-of-ada", "ada", "of-ada")).put()

        assert owned.part.erase("ada", NOW)
        assert owned.kept() == others
        assert owned.members("of-ada") == ["ada"]
