"""Users and callers of the deployed platform, created through its documented outputs and its own sign-up."""

import json
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from communications.inbox.adapters.inbox import DynamoInbox
from local.model.process import ModelControl
from tests.conformance import documents
from tests.e2e.clients import Api, Platform, User, eventually
from tests.e2e.projects import Project
from tests.shared.dynamodb.clients import forget_clients


@pytest.fixture(scope="session")
def platform() -> Platform:
    path = os.environ.get("ALMONER_OUTPUTS")
    if path is None:
        pytest.exit("ALMONER_OUTPUTS names no outputs.json: run `make test`, which deploys a platform", returncode=2)
    return Platform(json.loads(Path(path).read_text()))


@pytest.fixture
def supporter(platform: Platform) -> User:
    """A new supporter, whose record UserRegistered has created."""
    user = platform.sign_up("Rosa Martínez")
    api = Api(platform.outputs["apis"]["personalization"], platform.api_key, user.access_token)
    eventually(lambda: api.get(f"/profile?userId={user.user_id}").status_code == 200)
    return user


@pytest.fixture(scope="session")
def staff(platform: Platform) -> User:
    return platform.sample_user("staff")


@pytest.fixture(scope="session")
def admin(platform: Platform) -> User:
    return platform.sample_user("admin")


@pytest.fixture
def personalization(platform: Platform) -> Callable[..., Api]:
    """Create a caller of the personalization API: personalization(user), personalization(token=…, api_key=None)."""
    return _callers(platform, "personalization")


@pytest.fixture
def commerce(platform: Platform) -> Callable[..., Api]:
    """Create a caller of the shop's API: commerce() without signing in, commerce(user)."""
    return _callers(platform, "commerce")


@pytest.fixture
def identity(platform: Platform) -> Callable[..., Api]:
    """Create a caller of the identity API."""
    return _callers(platform, "identity")


@pytest.fixture
def communications(platform: Platform) -> Callable[..., Api]:
    """Create a caller of the API of communications."""
    return _callers(platform, "communications")


@pytest.fixture
def help_desk(platform: Platform) -> Callable[..., Api]:
    """Create a caller of the help desk's API."""
    return _callers(platform, "knowledge_base")


@pytest.fixture
def inbox(platform: Platform, as_a_function: None) -> DynamoInbox:  # noqa: ARG001  its surroundings
    """The platform's own, written to as functions do."""
    heads, entries = (platform.stack[f"CommunicationsInbox{table}Table"] for table in ("Heads", "Entries"))
    return DynamoInbox(heads, entries)


def _callers(platform: Platform, context: str) -> Callable[..., Api]:
    def api(user: User | None = None, *, token: str | None = None, api_key: str | None = platform.api_key) -> Api:
        token = token or (user.access_token if user else None)
        return Api(platform.outputs["apis"][context], api_key, token, documents()[context])

    return api


@pytest.fixture
def as_a_function(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Adapters call the platform's AWS, as they do in its functions."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", platform.outputs["endpoint"])
    monkeypatch.setenv("AWS_DEFAULT_REGION", platform.outputs["region"])
    for name, value in platform.root_user.environment.items():
        monkeypatch.setenv(name, value)
    forget_clients()
    yield
    forget_clients()


@pytest.fixture
def slow_api_key(platform: Platform) -> Iterator[str]:
    """The key of an application with a rate limit of one request per second and a burst of two."""
    gateway = platform.aws("apigateway")
    name = secrets.token_hex(8)
    stage = {"apiId": platform.stack["PersonalizationApiId"], "stage": "v1"}
    plan = gateway.create_usage_plan(name=name, apiStages=[stage], throttle={"rateLimit": 1, "burstLimit": 2})
    key = gateway.create_api_key(name=name, enabled=True)
    gateway.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
    yield key["value"]
    gateway.delete_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"])
    gateway.delete_api_key(apiKey=key["id"])
    gateway.update_usage_plan(
        usagePlanId=plan["id"],
        patchOperations=[{"op": "remove", "path": "/apiStages", "value": f"{stage['apiId']}:v1"}],
    )
    gateway.delete_usage_plan(usagePlanId=plan["id"])


@pytest.fixture
def model(platform: Platform) -> ModelControl:
    return ModelControl(platform.outputs["model"], platform.root_user.secret_access_key)


@pytest.fixture
def project(personalization: Callable[..., Api], staff: User, model: ModelControl) -> Iterator[Project]:
    api, word = personalization(staff), f"project{secrets.token_hex(5)}"
    made = api("POST", "/api/projects", json={"name": "Headlines", "description": "For the press"})
    assert made.status_code == 201, made.text
    path = f"/api/projects/{made.json()['projectId']}"
    card = {"title": "Headline", "content": f"Write a headline and a summary. Reference {word}."}
    prompt = api("POST", f"{path}/prompts", json=card)
    assert prompt.status_code == 201, prompt.text
    yield Project(api, path, word, prompt.json()["promptId"])
    model.forget(word)
