"""The two stores that the contracts run on: one in memory, one in DynamoDB and S3."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

import boto3
import pytest
from samcli.yamlhelper import yaml_parse

from local.workspace import ROOT
from personalization.prompts.adapters.projects import DynamoProjects
from personalization.prompts.adapters.prompts import DynamoPrompts
from personalization.prompts.adapters.removed_projects import DynamoRemovedProjects
from personalization.prompts.adapters.texts import S3Texts
from personalization.prompts.domain.erasing import ErasedPrompts, ErasedTexts
from personalization.prompts.domain.projects import Projects
from personalization.prompts.domain.prompts import Prompts, Texts
from personalization.prompts.domain.removed_projects import RemovedProjects
from personalization.prompts.domain.sweeping import SweptPrompts, SweptTexts
from shared.idempotency.claims import FirstAnswers
from shared.idempotency.first_answers import DynamoFirstAnswers
from tests.personalization.prompts.fakes import FakeProjects, FakePrompts, FakeTexts
from tests.shared.dynamodb.clients import forget_clients
from tests.shared.first_answers import FakeFirstAnswers

FOLDER = ROOT / "personalization"
TABLES = ("ProjectsTable", "ProjectMembersTable", "PromptsTable", "PromptHistoryTable")


class KeepsPrompts(Prompts, SweptPrompts, ErasedPrompts, Protocol):
    """What a store of prompts promises."""


class KeepsTexts(Texts, ErasedTexts, SweptTexts, Protocol):
    """What a store of texts promises."""


class Store(Protocol):
    """Adapters over the same data."""

    projects: Projects
    removed: RemovedProjects
    prompts: KeepsPrompts
    texts: KeepsTexts
    first_answers: FirstAnswers


class MemoryStore:
    projects: Projects
    removed: RemovedProjects
    prompts: KeepsPrompts
    texts: KeepsTexts
    first_answers: FirstAnswers

    def __init__(self) -> None:
        self.first_answers = first_answers = FakeFirstAnswers()
        self.projects = projects = FakeProjects(first_answers)
        self.removed = projects.removed
        self.prompts = FakePrompts(projects, first_answers)
        self.texts = FakeTexts(lambda: datetime.now(UTC))


class AwsStore:
    projects: Projects
    removed: RemovedProjects
    prompts: KeepsPrompts
    texts: KeepsTexts
    first_answers: FirstAnswers

    def __init__(self, tables: dict[str, str], bucket: str) -> None:
        projects, members, prompts, history = (tables[name] for name in TABLES)
        first_answers = tables["IdempotencyTable"]
        self.first_answers = DynamoFirstAnswers(first_answers)
        self.projects = DynamoProjects(projects, members, first_answers)
        self.removed = DynamoRemovedProjects(members)
        self.prompts = DynamoPrompts(projects, prompts, history, first_answers)
        self.texts = S3Texts(bucket)


@contextmanager
def aws_store(endpoint: str) -> Iterator[AwsStore]:
    """A store on tables and a bucket of its own, with the keys that the templates give them."""
    dynamodb: Any = boto3.client("dynamodb", endpoint_url=endpoint)
    s3: Any = boto3.client("s3", endpoint_url=endpoint)
    suffix = uuid.uuid4().hex
    tables = {}
    for file, names in (("prompt_tables.yaml", TABLES), ("tables.yaml", ("IdempotencyTable",))):
        resources = yaml_parse((FOLDER / file).read_text())["Resources"]
        for name in names:
            properties = resources[name]["Properties"]
            shape = {part: properties[part] for part in ("BillingMode", "AttributeDefinitions", "KeySchema")}
            tables[name] = f"{name}-{suffix}"
            dynamodb.create_table(TableName=tables[name], **shape)
    bucket = f"texts-{suffix}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    forget_clients()
    try:
        yield AwsStore(tables, bucket)
    finally:
        forget_clients()
        for table in tables.values():
            dynamodb.delete_table(TableName=table)
        dynamodb.close()
        s3.close()


class InMemory:
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()


class OnAws:
    @pytest.fixture
    def store(self, emulator: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsStore]:
        monkeypatch.setenv("AWS_ENDPOINT_URL", emulator)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        with aws_store(emulator) as store:
            yield store
