"""UserDeleted: what a supporter has written goes; sums of gifts stay."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.workspace import ROOT
from personalization.agent.adapters.erasing import AgentErasing
from personalization.agent.adapters.records import SessionRecord
from personalization.articles.adapters.erasing import ArticleErasing, SessionErasing
from personalization.articles.adapters.texts import ObjectTexts
from personalization.donations.adapters.erasing import DonationErasing
from personalization.erasure import wiring
from personalization.erasure.handlers.erase_supporter import handler
from personalization.prompts.adapters.projects import DynamoProjects
from personalization.prompts.domain.membership import MemberService
from personalization.supporters.adapters.people import DynamoPeople
from shared.dynamodb.scans import scan
from shared.errors import Unavailable
from shared.events.event_bridge import EventBus
from shared.runs.dynamo_log import DynamoRunLog
from tests.identity.registration.test_post_confirmation import Bridge
from tests.personalization.examples import a_context, a_supporter, an_interaction, session_after
from tests.personalization.stores import DynamoStore
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.lambda_context import CONTEXT, fails_as

SAMPLE: dict[str, Any] = json.loads((ROOT / "events" / "personalization" / "erase_supporter.json").read_text())


class FakePart:
    def __init__(self, fails: int = 0, waits: bool = False) -> None:
        self.erased: list[str] = []
        self.fails, self.waits = fails, waits

    def erase(self, user_id: str, now: object) -> bool:  # noqa: ARG002
        if self.fails:
            self.fails -= 1
            raise Unavailable("Nobody answers.")
        self.erased.append(user_id)
        return not self.waits


@pytest.fixture
def bridge(monkeypatch: pytest.MonkeyPatch) -> Bridge:
    bridge = Bridge()
    monkeypatch.setattr(wiring, "event_bus", lambda: EventBus(bridge, "bus-1", "almoner.personalization"))
    return bridge


def erase(user_id: str = "ada") -> None:
    handler(SAMPLE | {"detail": SAMPLE["detail"] | {"userId": user_id}}, CONTEXT)


def test_context_says_that_nothing_is_left(monkeypatch: pytest.MonkeyPatch, bridge: Bridge) -> None:
    parts = FakePart(), FakePart()
    monkeypatch.setattr(wiring, "parts", lambda: parts)

    erase()

    assert [part.erased for part in parts] == [["ada"], ["ada"]]
    [event] = bridge.events
    assert (bridge.entries[0]["DetailType"], event.user_id) == ("UserErased", "ada")
    assert event.data == {"context": "personalization"}


def test_nothing_is_said_while_something_stays_or_fails(monkeypatch: pytest.MonkeyPatch, bridge: Bridge) -> None:
    waiting, failing = FakePart(waits=True), FakePart(fails=1)
    monkeypatch.setattr(wiring, "parts", lambda: (waiting, failing))

    with fails_as(Unavailable):
        erase()
    erase()
    assert bridge.events == []
    waiting.waits = False
    erase()
    assert len(bridge.events) == 1


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestInDynamoDB:
    @pytest.fixture
    def names(self, emulator: str, dynamo: DynamoStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
        folder = ROOT / "personalization"
        prompts, chats = ["ProjectsTable", "ProjectMembersTable"], ["ChatHistoryTable"]
        with (
            tables_like(emulator, folder / "prompt_tables.yaml", prompts) as of_prompts,
            tables_like(emulator, folder / "article_tables.yaml", chats) as of_articles,
        ):
            names = of_prompts | of_articles
            projects = DynamoProjects(names["ProjectsTable"], names["ProjectMembersTable"], "first-answers")
            no_texts, no_runs = ObjectTexts("no-bucket"), DynamoRunLog("no-runs", "no-frames")
            members = MemberService(projects, DynamoPeople(dynamo.tables[0]))
            parts = (
                dynamo.tombstones,
                dynamo.supporters,
                AgentErasing(dynamo.tables[2], *dynamo.agent_tables),
                ArticleErasing(SessionErasing(names["ChatHistoryTable"], no_texts, no_runs), projects, members),
                DonationErasing(dynamo.tables[1]),
            )
            monkeypatch.setattr(wiring, "parts", lambda: parts)
            yield names

    @pytest.mark.usefixtures("names")
    def test_what_a_supporter_has_said_goes(self, dynamo: DynamoStore, bridge: Bridge) -> None:
        for user_id in ("ada", "bob"):
            self._live(dynamo, user_id)

        erase()
        erase()

        assert [person.user_id for person in dynamo.directory.page((), None, 5).items] == ["bob"]
        assert (dynamo.interactions("ada"), len(dynamo.interactions("bob"))) == ([], 1)
        assert dynamo.profiles.find("ada", anonymous=True) is None
        profile = dynamo.profiles.find("bob", anonymous=True)
        assert profile
        assert profile.supporter == a_supporter("bob")
        assert [len(dynamo.conversations.page(each, None, 5).items) for each in ("ada", "bob")] == [0, 1]
        sessions = SessionRecord.at(dynamo.agent_tables[0])
        assert [image["userId"]["S"] for image in scan(sessions)] == ["bob"]
        assert dynamo.supporters.add(a_supporter("ada")) is False
        assert len(bridge.events) == 2

    def _live(self, dynamo: DynamoStore, user_id: str) -> None:
        dynamo.supporters.add(a_supporter(user_id))
        dynamo.learn(user_id, a_context(1), a_context(2))
        said = an_interaction(1, user_id, session_id=f"session-of-{user_id}")
        dynamo.memory.record(said, a_context(3), session_after(said), said.occurred_at)
