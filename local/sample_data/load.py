"""Loads the sample users, supporters, content and products into the running platform, once."""

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from local.deployment import client, stack_outputs
from local.sample_data.accounts import ACCOUNTS, SignedUp, sign_up
from local.sample_data.content import sample_content
from local.sample_data.help_documents import upload_help_documents
from local.sample_data.project import EDITOR, OWNER, PROJECT_ID, start_project
from local.sample_data.shop.opening import open_shop
from local.sample_data.supporters import Sample, midnight, samples
from local.workspace import CannotContinue, Workspace
from operations.help_pages import publish_help_pages
from personalization.content.domain.content import Collection
from personalization.content.domain.listing import NO_REVISION

_EVENT_SECONDS = 60


def load(workspace: Workspace) -> list[SignedUp]:
    """Sign up the sample accounts and, the first time, fill the tables; users' changes are kept."""
    deployed = stack_outputs(workspace)
    cognito = client("cognito-idp", workspace)
    tables = client("dynamodb", workspace)
    users = []
    for account in ACCOUNTS:
        user = sign_up(account, cognito, deployed["UserPoolId"], deployed["UserPoolClientId"])
        _wait_for_registration(tables, deployed["PersonalizationUsersTable"], user)
        users.append(user)
    drawn = samples(midnight(datetime.now(UTC)))
    mine = [sample.belonging_to(user) for sample, user in zip(drawn, users, strict=False)]
    everyone = mine + drawn[len(mine) :]
    if not _exists(tables, deployed["PersonalizationUsersTable"], everyone[-1].supporter.user_id):
        _fill(workspace, deployed, everyone)
    _publish(workspace, deployed, midnight(datetime.now(UTC)))
    _start_project(workspace, deployed, users)
    publish_help_pages(client("s3", workspace), deployed["CommerceHelpBucket"])
    upload_help_documents(client("s3", workspace), deployed["HelpDocuments"])
    open_shop(deployed["CommerceProductsTable"], deployed["CommerceImagesBucket"], midnight(datetime.now(UTC)))
    return users


def _exists(tables: Any, table: str, user_id: str) -> bool:
    return "Item" in tables.get_item(TableName=table, Key={"userId": {"S": user_id}}, ConsistentRead=True)


def _wait_for_registration(tables: Any, table: str, user: SignedUp) -> None:
    """Wait until UserRegistered has created the record. One user after another, so that one worker is enough."""
    deadline = time.monotonic() + _EVENT_SECONDS
    while not _exists(tables, table, user.user_id):
        if time.monotonic() > deadline:
            raise CannotContinue(
                f"{user.email} signed up, but has no supporter record: either the sign-up event failed "
                "(see `make logs`), or the supporters' table was replaced. To start over: make reset up"
            )
        time.sleep(0.05)


def _fill(workspace: Workspace, deployed: dict[str, str], everyone: Sequence[Sample]) -> None:
    """The last supporter is written last: if that record exists, so do all others."""
    os.environ.update(workspace.environment())  # where the adapters read the endpoint
    from personalization.donations.adapters.ledger import import_ledgers
    from personalization.memory.adapters.context import ContextRecord
    from personalization.supporters.adapters.records import SupporterRecord
    from shared.dynamodb.records import put_many

    import_ledgers(deployed["PersonalizationDonationsTable"], [row for sample in everyone for row in sample.donations])
    contexts = ContextRecord.at(deployed["PersonalizationContextTable"])
    put_many(contexts, [contexts.of(sample.supporter.user_id, each) for sample in everyone for each in sample.contexts])
    users = SupporterRecord.at(deployed["PersonalizationUsersTable"])
    put_many(users, [users.of(sample.supporter) for sample in everyone])


def _publish(workspace: Workspace, deployed: dict[str, str], today: datetime) -> None:
    """Create the sample content once, so that pages which staff have removed do not come back."""
    os.environ.update(workspace.environment())
    from personalization.content.adapters.content import DynamoContents
    from personalization.search.adapters.library import DynamoLibrary

    tables = deployed["PersonalizationUsersTable"], deployed["PersonalizationContextTable"]
    library = DynamoLibrary(*tables, deployed["PersonalizationContentTable"])
    if library.look_up("nobody", NO_REVISION).collection == Collection(0, ()):
        contents = DynamoContents(deployed["PersonalizationContentTable"])
        for content in sample_content(today):
            contents.put(content)


def _start_project(workspace: Workspace, deployed: dict[str, str], users: Sequence[SignedUp]) -> None:
    """Create the sample project once."""
    os.environ.update(workspace.environment())
    from personalization.prompts.adapters.projects import DynamoProjects
    from personalization.prompts.adapters.prompts import DynamoPrompts
    from personalization.prompts.adapters.texts import S3Texts
    from personalization.prompts.domain.projects import ProjectService
    from shared.ids import new_id

    tables = {name: deployed[f"Personalization{name}Table"] for name in ("Projects", "ProjectMembers", "Idempotency")}
    projects = DynamoProjects(*tables.values())
    if projects.find(PROJECT_ID) is None:
        prompts, history = deployed["PersonalizationPromptsTable"], deployed["PersonalizationPromptHistoryTable"]
        kept = DynamoPrompts(tables["Projects"], prompts, history, tables["Idempotency"])
        texts = S3Texts(deployed["PersonalizationPromptTexts"])
        project_access = ProjectService(projects, new_id)
        owner, editor = (next(user.user_id for user in users if user.email == who) for who in (OWNER, EDITOR))
        start_project(projects, project_access, kept, texts, owner, editor, datetime.now(UTC))
