import json
from typing import Any

from communications.notifications.handlers.notify_user import handler as notify
from communications.notifications.handlers.read_conversation import handler
from local.workspace import ROOT
from tests.communications.notifications.world import World
from tests.shared.lambda_context import CONTEXT

SAMPLE: dict[str, Any] = json.loads((ROOT / "events" / "communications" / "read_conversation.json").read_text())


def test_notifications_of_its_messages_are_read(world: World) -> None:
    for number, conversation_id in enumerate(("c-1", "c-2")):
        data = {"conversationId": conversation_id, "messageId": f"m-{number}", "senderId": "ana", "seq": 12}
        detail = {**SAMPLE["detail"], "id": f"sent-{number}", "userId": "ana", "data": data}
        notify({**SAMPLE, "detail-type": "MessageSent", "detail": detail}, CONTEXT)
    read = {**SAMPLE, "detail": {**SAMPLE["detail"], "userId": "ana", "data": {"conversationId": "c-1", "upTo": 12}}}
    for _ in range(2):
        handler(read, CONTEXT)
    assert {each.subject: each.read for each in world.notifications.by_id.values()} == {
        "conversation:c-1": True,
        "conversation:c-2": False,
    }
