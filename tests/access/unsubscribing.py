"""Unsubscribe links."""

from communications.sending.domain.unsubscribing import UnsubscribeLinks
from shared.auth.seals import Seals
from tests.access.matrix import Call, anybody, over_http, row
from tests.access.people import COMMUNICATIONS
from tests.access.world import World
from tests.communications.sending.examples import a_row


def link_to(world: World) -> str:
    links = UnsubscribeLinks(Seals(world.secret("LinkKey")), "")
    link = links.of(a_row(user_id=world.supporter_id, category="messages"))
    assert link
    return link.rpartition("/")[2]


@row(COMMUNICATIONS, "GET /unsubscribe/{token}", over_http(anybody(200)))
@row(COMMUNICATIONS, "POST /unsubscribe/{token}", over_http(anybody(200)))
def unsubscribe(world: World) -> Call:
    """Whoever has the link."""
    return Call(path={"token": link_to(world)})


@row(COMMUNICATIONS, "POST /resubscribe/{token}", over_http(anybody(200)))
def resubscribe(world: World) -> Call:
    """Whoever has just used the link."""
    answer = world.done(COMMUNICATIONS, "POST", f"/unsubscribe/{link_to(world)}", caller="guest")
    return Call(path={"token": answer["undo"]})
