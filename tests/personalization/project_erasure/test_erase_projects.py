"""All that a project has had, in DynamoDB and S3, and how it goes, wherever that breaks off."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from local.workspace import ROOT
from personalization.articles.adapters.budgets import DynamoBudgets
from personalization.articles.adapters.erasing import ProjectArticlesErasing, SessionErasing
from personalization.articles.adapters.history import DynamoChatHistory
from personalization.articles.adapters.records import ChatRecord, ExchangeRecord, SessionRecord
from personalization.articles.adapters.texts import ObjectTexts
from personalization.articles.domain.history import Session
from personalization.articles.domain.texts import KeptText
from personalization.evaluations.adapters.cases import DynamoCases
from personalization.evaluations.adapters.erasing import EvaluationErasing
from personalization.evaluations.adapters.evaluations import DynamoEvaluations
from personalization.evaluations.adapters.records import ProjectRow
from personalization.evaluations.domain.evaluation import CaseResult, Evaluation, Verdict
from personalization.project_erasure import wiring
from personalization.project_erasure.domain.project_eraser import LEASE, SETTLED_AFTER, ProjectEraser
from personalization.project_erasure.handlers.erase_projects import handler
from personalization.prompts.adapters.projects import DynamoProjects
from personalization.prompts.adapters.prompts import DynamoPrompts
from personalization.prompts.adapters.records import (
    DeckRecord,
    HistoryRecord,
    ListedProjectRecord,
    ProjectRecord,
)
from personalization.prompts.adapters.removed_projects import DynamoRemovedProjects
from personalization.prompts.adapters.texts import S3Texts
from personalization.prompts.domain.cards import CardUsed
from personalization.prompts.domain.erasing import PromptErasing
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.resilience.deadline import Deadline
from shared.runs.dynamo_log import DynamoRunLog, FrameRecord, RunRecord
from shared.runs.run import Frame
from shared.runs.service import RunService
from tests.personalization.articles.examples import a_session, an_exchange
from tests.personalization.evaluations.examples import a_case
from tests.personalization.prompts.examples import a_member, a_move, a_project, a_prompt, a_version
from tests.shared.boundaries import Phase
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.erasing import LARGE, killed_at, rows
from tests.shared.lambda_context import CONTEXT
from tests.shared.runs.fake_runs import FakeAnswerer, a_run, answered_by
from tests.shared.sockets.fake_sockets import ClosingSender

FOLDER = ROOT / "personalization"
TABLES = (
    "ProjectsTable",
    "ProjectMembersTable",
    "PromptsTable",
    "PromptHistoryTable",
    "ChatHistoryTable",
    "BudgetsTable",
    "EvaluationsTable",
    "IdempotencyTable",
)
NOW = datetime.now(UTC).replace(microsecond=0)


class Everything:
    """All that projects have, over tables and buckets of their own."""

    def __init__(self, tables: Mapping[str, str], s3: Any) -> None:
        self._s3, self.now = s3, NOW
        members, prompts, history = (
            tables[name] for name in ("ProjectMembersTable", "PromptsTable", "PromptHistoryTable")
        )
        first_answers = DynamoFirstAnswers(tables["IdempotencyTable"])
        self.projects = DynamoProjects(tables["ProjectsTable"], members, tables["IdempotencyTable"])
        self.prompts = DynamoPrompts(tables["ProjectsTable"], prompts, history, tables["IdempotencyTable"])
        self.chats, self.evaluations_table = tables["ChatHistoryTable"], tables["EvaluationsTable"]
        self.history = DynamoChatHistory(self.chats)
        self.cases = DynamoCases(self.evaluations_table, first_answers)
        budgets = DynamoBudgets(tables["BudgetsTable"])
        self.evaluations = DynamoEvaluations(self.evaluations_table, budgets, first_answers)
        self._buckets = self._bucket("texts", versioned=True), self._bucket("long", versioned=False)
        self.texts, self.long_texts = S3Texts(self._buckets[0]), ObjectTexts(self._buckets[1])
        self.log, self.sender = DynamoRunLog(tables["RunsTable"], tables["FramesTable"]), ClosingSender()
        runs = RunService(log=self.log, enders=answered_by(FakeAnswerer(), "article"), sender=self.sender)
        self.sessions = SessionErasing(self.chats, self.long_texts, runs)
        self.parts = (
            ProjectArticlesErasing(self.sessions, self.long_texts),
            EvaluationErasing(self.evaluations_table),
            PromptErasing(self.prompts, self.texts),
        )
        self.removed = DynamoRemovedProjects(members)
        self.eraser = ProjectEraser(self.removed, self.parts, lambda: self.now)
        self._records = (
            ProjectRecord.at(tables["ProjectsTable"]),
            ListedProjectRecord.at(members),
            DeckRecord.at(prompts),
            HistoryRecord.at(history),
            ChatRecord.at(self.chats),
            ProjectRow.at(self.evaluations_table),
            RunRecord.at(tables["RunsTable"]),
            FrameRecord.at(tables["FramesTable"]),
        )

    def _bucket(self, name: str, *, versioned: bool) -> str:
        bucket = f"{name}-{uuid.uuid4().hex}"
        self._s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        if versioned:
            self._s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        return bucket

    def make(self, project_id: str, *, many: bool = False) -> None:
        """A project with some of everything; `many`: more than a page of what there can be much of."""
        if self.projects.find(project_id) is None:
            self.projects.add(a_project(project_id, *a_project().members, a_member("vera")), None)
        text_id = self.texts.keep(project_id, f"prompt-of-{project_id}", "Write.")
        prompt = a_prompt(f"prompt-of-{project_id}", project_id)
        version = a_version(text_id=text_id)
        if self.prompts.find(project_id, prompt.prompt_id) is None:
            self.prompts.add(
                replace(prompt, latest=version, production=version), a_move(), self.prompts.deck(project_id), None
            )
        self.texts.keep(project_id, f"removed-of-{project_id}", "Left over.")
        for user_id in ("ada", "vera") if many else ("ada",):
            self.converse(a_session(f"session-of-{user_id}-{project_id}", user_id, project_id, self.now), many=many)
        self.long_texts.keep(f"{project_id}/gone/run/answer-9.txt", "y" * 200_000)
        self.evaluate(project_id)

    def converse(self, session: Session, *, many: bool = False) -> None:
        SessionRecord.at(self.chats).of(session).put()
        key = f"{session.project_id}/{session.session_id}/run-0/input.txt"
        text = self.long_texts.keep(key, "x" * 200_000)
        for number in range(25 if many else 2):
            run = replace(a_run(f"{session.session_id}-{number}", "article", self.now), subject=session.project_id)
            exchange = an_exchange(run.run_id, session, at=self.now + timedelta(seconds=number))
            if number == 0:
                exchange = replace(exchange, input=text)
            elif many:
                exchange = replace(exchange, input=KeptText(LARGE))
            if number == 1:
                exchange = replace(exchange, reply=None)
            ExchangeRecord.at(self.chats).of(exchange).put()
            if number < 2:
                self.log.forget(run.run_id)
                self.log.create(run, lambda _: None)
                self.log.append(Frame(run.run_id, 1, "delta", {"text": "Hello"}), run.expires_at)
                self.log.follow(run.run_id, "c1", 0)

    def evaluate(self, project_id: str) -> None:
        if not self.cases.summaries(project_id):
            self.cases.add(a_case("case-1", project_id=project_id), 50, None)
        cards = (CardUsed(f"prompt-of-{project_id}", 1),)
        evaluation = Evaluation(
            project_id=project_id,
            evaluation_id=f"evaluation-of-{project_id}",
            user_id="ada",
            subject=cards,
            cards=cards,
            case_ids=("case-1",),
            started_at=NOW,
        )
        if self.evaluations.find(project_id, evaluation.evaluation_id) is None:
            self.evaluations.begin(evaluation, None)
        result = CaseResult(case_id="case-1", case_version=1, name="Case", status="passed", finished_at=NOW)
        self.evaluations.keep(evaluation, result)
        verdict = Verdict(cards[0].prompt_id, 1, evaluation.evaluation_id, {"case-1": 1}, ())
        finished = replace(evaluation, status="passed", finished_at=NOW, passed_cases=1)
        self.evaluations.finish(finished, [verdict])

    def remove(self, project_id: str) -> None:
        project = self.projects.find(project_id)
        assert project
        self.projects.remove(project, self.now)

    def kept(self) -> list[str]:
        """All of everybody's."""
        objects = [
            f"{bucket}: {each['Key']}"
            for bucket in self._buckets
            for each in self._s3.list_object_versions(Bucket=bucket).get("Versions", [])
        ]
        return sorted([*rows(*self._records), *objects])


@pytest.mark.emulator
class TestProjects:
    @pytest.fixture
    def everything(self, local_aws: str) -> Iterator[Everything]:
        s3 = boto3.Session("test", "test", region_name="us-west-2").client("s3", endpoint_url=local_aws)
        live = tables_like(local_aws, ROOT / "gateway" / "live_tables.yaml", ["RunsTable", "FramesTable"])
        with tables_like(local_aws, FOLDER, TABLES) as tables, live as of_runs:
            yield Everything(tables | of_runs, s3)
        s3.close()

    @pytest.fixture
    def others(self, everything: Everything) -> list[str]:
        """All that stays: that of another project."""
        everything.make("other")
        return everything.kept()

    def erase(self, everything: Everything) -> None:
        everything.eraser.erase_due(Deadline(60))

    @pytest.mark.parametrize("many", [False, True])
    def test_all_of_a_project_goes_and_nothing_of_another(
        self, everything: Everything, others: list[str], monkeypatch: pytest.MonkeyPatch, *, many: bool
    ) -> None:
        monkeypatch.setattr(wiring, "project_eraser", lambda: everything.eraser)
        everything.make("p", many=many)
        everything.remove("p")
        handler({}, CONTEXT)
        assert [each.project_id for each in everything.removed.all()] == ["p"]
        everything.now += SETTLED_AFTER
        handler({}, CONTEXT)
        assert everything.kept() == others

    def test_what_is_written_after_a_pass_goes_with_the_last_one(
        self, everything: Everything, others: list[str]
    ) -> None:
        everything.make("p")
        everything.remove("p")
        self.erase(everything)
        everything.converse(a_session("late", "ada", "p", everything.now))
        everything.evaluate("p")
        everything.now += SETTLED_AFTER
        self.erase(everything)
        assert everything.kept() == others

    def test_runs_that_go_on_are_stopped_and_whoever_follows_hears_of_it(self, everything: Everything) -> None:
        everything.make("p")
        everything.remove("p")
        self.erase(everything)
        stopped = {frame["runId"] for frame in everything.sender.sent["c1"] if frame["type"] == "stopped"}
        assert "session-of-ada-p-1" in stopped

    @pytest.mark.parametrize("phase", ["before", "after"])
    def test_what_broke_off_at_any_call_is_carried_on(
        self, everything: Everything, others: list[str], phase: Phase
    ) -> None:
        number = 1
        while True:
            everything.make("p")
            everything.remove("p")
            with killed_at(number, phase) as boundaries:
                self.erase(everything)
            everything.now += LEASE
            self.erase(everything)
            everything.now += SETTLED_AFTER
            self.erase(everything)
            assert everything.kept() == others, boundaries.points[-1]
            if not boundaries.happened:
                break
            number += 1
        assert number > 20

    @pytest.mark.parametrize("phase", ["before", "after"])
    def test_session_that_was_deleted_halfway_is_deleted_by_a_repetition(
        self, everything: Everything, others: list[str], phase: Phase
    ) -> None:
        session, number = a_session("mine", "ada", "other", NOW), 1
        while True:
            everything.converse(session)
            with killed_at(number, phase) as boundaries:
                everything.sessions.erase(session, NOW, Deadline(60))
            assert everything.sessions.erase(session, NOW, Deadline(60))
            assert everything.kept() == others, boundaries.points[-1]
            if not boundaries.happened:
                break
            number += 1
        assert number > 10

    def test_session_that_was_used_in_between_stays_for_the_next_attempt(self, everything: Everything) -> None:
        session = a_session("mine", "ada", "other", NOW)
        everything.converse(replace(session, last_message_at=NOW + timedelta(seconds=1)))
        assert not everything.sessions.erase(session, NOW, Deadline(60))
        assert everything.history.session("mine", NOW)

    def test_without_time_nothing_is_deleted(self, everything: Everything) -> None:
        session = a_session("mine", "ada", "other", NOW)
        everything.converse(session)
        before = everything.kept()
        assert not everything.sessions.erase(session, NOW, Deadline(0))
        assert everything.kept() == before
