"""Messages, conversations, blocks and reports."""

from tests.access.matrix import Call, everybody, over_http, own, row, staff
from tests.access.people import COMMUNICATIONS
from tests.access.world import World


@row(COMMUNICATIONS, "POST /messages", over_http(everybody(201)))
def send(world: World) -> Call:
    return Call(json={"to": [world.id_of("staff"), world.id_of("admin")], "content": "Good morning."})


@row(COMMUNICATIONS, "PATCH /messages/{messageId}", over_http(own(200)))
def edit(world: World) -> Call:
    return Call(path={"messageId": world.message()["messageId"]}, json={"content": "Good evening."})


@row(COMMUNICATIONS, "DELETE /messages/{messageId}", over_http(own(204)))
def delete(world: World) -> Call:
    return Call(path={"messageId": world.message()["messageId"]})


@row(COMMUNICATIONS, "GET /blocks", over_http(everybody(200)))
@row(COMMUNICATIONS, "GET /conversations", over_http(everybody(200)))
def lists(_: World) -> Call:
    return Call()


@row(COMMUNICATIONS, "GET /conversations/{conversationId}/messages", over_http({**own(200), "staff": 200}))
def messages(world: World) -> Call:
    return Call(path={"conversationId": world.conversation_id})


@row(COMMUNICATIONS, "POST /conversations/{conversationId}/reads", over_http({**own(204), "staff": 204}))
def read(world: World) -> Call:
    return Call(path={"conversationId": world.conversation_id}, json={"upTo": 1})


@row(COMMUNICATIONS, "PUT /blocks/{userId}", over_http(everybody(204)))
@row(COMMUNICATIONS, "DELETE /blocks/{userId}", over_http(everybody(204)))
def block(world: World) -> Call:
    return Call(path={"userId": world.bystander.user_id})


@row(COMMUNICATIONS, "POST /conversations/{conversationId}/reports", over_http({**own(204), "staff": 204}))
def report(world: World) -> Call:
    return Call(path={"conversationId": world.conversation_id}, json={"reason": "Rude."})


@row(COMMUNICATIONS, "GET /reports", over_http(staff(200)))
def reports(_: World) -> Call:
    return Call()


@row(COMMUNICATIONS, "GET /reports/{reportId}", over_http(staff(200)))
def read_report(world: World) -> Call:
    return Call(path={"reportId": world.report()})


@row(COMMUNICATIONS, "POST /reports/{reportId}/decisions", over_http({**staff(200), "staff": 409}))
def decide(world: World) -> Call:
    """The member of staff is a member of the conversation."""
    return Call(path={"reportId": world.report()}, json={"decision": "dismiss"})
