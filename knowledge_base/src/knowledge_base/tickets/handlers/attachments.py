"""POST /attachments, GET /tickets/{ticketId}/attachments/{attachmentId}"""

from datetime import UTC, datetime

from knowledge_base.tickets import wiring
from knowledge_base.tickets.answers import DownloadAnswer, download_answer
from knowledge_base.tickets.domain.attachments import OfferedAttachment
from knowledge_base.tickets.requests import OfferAttachment
from shared.http.api import Api
from shared.http.request import Request

app = Api(prime=(wiring.uploads, wiring.reading), kind="http")


@app.route("POST /attachments", body=OfferAttachment, key="optional", answers={201: OfferedAttachment})
def offer_attachment(request: Request[OfferAttachment]) -> object:
    """Users get a form that uploads one file within five minutes, which a ticket or a reply can then name.

    Seconds after the upload, the file is inspected: it can be downloaded once it was accepted.
    """
    wanted, claim = request.body.to_wanted(), request.claim
    return wiring.uploads().offer(request.caller.user_id, wanted, claim, datetime.now(UTC))


@app.route("GET /tickets/{ticketId}/attachments/{attachmentId}", answers={200: DownloadAnswer})
def read_attachment(request: Request) -> DownloadAnswer:
    """Whoever may read the ticket gets a link by which the file can be downloaded, for five minutes."""
    ticket_id, attachment_id = request.path("ticketId"), request.path("attachmentId")
    return download_answer(wiring.reading().link(request.caller, ticket_id, attachment_id), datetime.now(UTC))


handler = app
