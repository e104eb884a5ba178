"""What SES reports of mail, as EventBridge brings it."""

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any

from communications.sending.adapters.providers import OUTBOX_TAG, outbox_id_in
from communications.sending.domain.feedback import MailEvent, Report
from shared.json.encoding import moment

type Json = Mapping[str, Any]


def mail_event(detail: Json) -> MailEvent | None:
    """The event of a notification's `detail`; None for what is no news. Raises KeyError or ValueError."""
    kind, mail = detail["eventType"], detail["mail"]
    about: Json = detail.get(kind.lower()) or {}
    report = _report(kind, about)
    if report is None:
        return None
    recipients = about.get("bouncedRecipients") or about.get("complainedRecipients") or ()
    return MailEvent(
        id=about.get("feedbackId", mail["messageId"]),
        report=report,
        outbox_id=_outbox_id(mail),
        provider_id=mail["messageId"],
        addresses=tuple(parseaddr(recipient["emailAddress"])[1] for recipient in recipients),
        at=moment(about.get("timestamp", mail["timestamp"])),
    )


def _report(kind: str, about: Json) -> Report | None:
    match kind:
        case "Send":
            return Report.ACCEPTED
        case "Reject":
            return Report.REJECTED
        case "Bounce":
            return Report.BOUNCED if about["bounceType"] == "Permanent" else Report.UNDELIVERABLE
        case "Complaint" if about.get("complaintFeedbackType") != "not-spam":
            return Report.SPAM
    return None


def _outbox_id(mail: Json) -> str | None:
    tags = (mail.get("tags") or {}).get(OUTBOX_TAG)
    return outbox_id_in(tags[0]) if tags else None
