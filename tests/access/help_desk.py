"""The help desk."""

from tests.access.matrix import Call, admins, anybody, everybody, over_http, own, own_and_staff, row, staff
from tests.access.people import HELP_DESK
from tests.access.world import World

NOBODY = "0197a1b2-0000-7000-8000-00000000ffff"


@row(HELP_DESK, "GET /health", over_http(anybody(200)))
def get_health(_: World) -> Call:
    return Call()


@row(HELP_DESK, "POST /tickets", over_http(everybody(201)))
def open_ticket(_: World) -> Call:
    return Call(json={"subject": "Where is my receipt?", "body": "I gave on Friday.", "channel": "web"})


@row(HELP_DESK, "GET /tickets", over_http(everybody(200)))
def list_tickets(_: World) -> Call:
    return Call()


@row(HELP_DESK, "GET /tickets/{ticketId}", over_http(own_and_staff(200)))
def read_ticket(world: World) -> Call:
    return Call(path={"ticketId": world.ticket_id})


@row(HELP_DESK, "PATCH /tickets/{ticketId}", over_http(staff(200)))
def amend_ticket(world: World) -> Call:
    ticket = world.done(HELP_DESK, "GET", f"/tickets/{world.ticket_id}")
    return Call(path={"ticketId": world.ticket_id}, json={"version": ticket["version"], "priority": "high"})


@row(HELP_DESK, "POST /tickets/{ticketId}/replies", over_http(own_and_staff(201)))
def reply(world: World) -> Call:
    return Call(path={"ticketId": world.ticket_id}, json={"text": "Thank you."})


@row(HELP_DESK, "GET /tickets/{ticketId}/replies", over_http(own_and_staff(200)))
def list_replies(world: World) -> Call:
    return Call(path={"ticketId": world.ticket_id})


@row(HELP_DESK, "POST /tickets/{ticketId}/merges", over_http(staff(200)))
def merge(world: World) -> Call:
    return Call(path={"ticketId": world.new_ticket()}, json={"into": world.ticket_id})


@row(HELP_DESK, "DELETE /tickets/{ticketId}/merges", over_http(staff(200)))
def unmerge(world: World) -> Call:
    ticket_id = world.new_ticket()
    world.done(HELP_DESK, "POST", f"/tickets/{ticket_id}/merges", {"into": world.new_ticket()})
    return Call(path={"ticketId": ticket_id})


@row(HELP_DESK, "PUT /tickets/{ticketId}/viewers/me", over_http(staff(200)))
def view(world: World) -> Call:
    return Call(path={"ticketId": world.ticket_id})


@row(HELP_DESK, "PUT /tickets/{ticketId}/satisfaction", over_http(own(200)))
def rate(world: World) -> Call:
    return Call(path={"ticketId": world.solved_ticket_id}, json={"score": 5})


@row(HELP_DESK, "POST /attachments", over_http(everybody(201)))
def offer_attachment(_: World) -> Call:
    return Call(json={"name": "receipt.pdf", "contentType": "application/pdf", "size": 1000})


@row(HELP_DESK, "GET /tickets/{ticketId}/attachments/{attachmentId}", over_http(own_and_staff(200)))
def read_attachment(world: World) -> Call:
    return Call(path=world.attachment)


@row(HELP_DESK, "POST /canned-replies", over_http(staff(201)))
def add_canned_reply(_: World) -> Call:
    return Call(json={"title": "Receipts", "text": "Dear {{customerName}}"})


@row(HELP_DESK, "GET /canned-replies", over_http(staff(200)))
def list_canned_replies(_: World) -> Call:
    return Call()


@row(HELP_DESK, "GET /canned-replies/{cannedReplyId}", over_http(staff(200)))
@row(HELP_DESK, "DELETE /canned-replies/{cannedReplyId}", over_http(staff(204)))
def canned_reply(world: World) -> Call:
    return Call(path={"cannedReplyId": world.canned_reply()})


@row(HELP_DESK, "PUT /canned-replies/{cannedReplyId}", over_http(staff(200)))
def amend_canned_reply(world: World) -> Call:
    changed = {"title": "Receipts", "text": "Dear {{customerName}}", "version": 1}
    return Call(path={"cannedReplyId": world.canned_reply()}, json=changed)


@row(HELP_DESK, "GET /tickets/{ticketId}/canned-replies/{cannedReplyId}", over_http(staff(200)))
def fill_canned_reply(world: World) -> Call:
    return Call(path={"ticketId": world.ticket_id, "cannedReplyId": world.canned_reply()})


@row(HELP_DESK, "GET /admin/figures", over_http(staff(200)))
def figures(_: World) -> Call:
    return Call()


@row(HELP_DESK, "GET /tickets/{ticketId}/context", over_http(staff(200)))
def get_ticket_context(world: World) -> Call:
    return Call(path={"ticketId": world.ticket_id})


@row(HELP_DESK, "POST /erasures", over_http(staff(202)))
def erase_address(_: World) -> Call:
    return Call(json={"email": "nobody.wrote@example.org"})


@row(HELP_DESK, "POST /customers/imports", over_http(admins(200)))
def import_customers(_: World) -> Call:
    return Call(query={"dryRun": "true"}, headers={"content-type": "text/csv"}, text=f"userId,name\n{NOBODY},Ada")
