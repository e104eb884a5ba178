"""Unsubscribe links."""

from communications.sending.domain.unsubscribing import UnsubscribeLinks
from shared.auth.seals import Seals
from tests.access.matrix import Call, anybody, over_http, row
from tests.access.world import COMMUNICATIONS, World
from tests.communications.sending.examples import a_row


@row(COMMUNICATIONS, "GET /unsubscribe/{token}", over_http(anybody(200)))
@row(COMMUNICATIONS, "POST /unsubscribe/{token}", over_http(anybody(200)))
def unsubscribe(world: World) -> Call:
    """Whoever has the link."""
    links = UnsubscribeLinks(Seals(world.secret("LinkKey")), "")
    link = links.of(a_row(user_id=world.supporter_id, category="messages"))
    assert link
    return Call(path={"token": link.rpartition("/")[2]})
