"""Mail that no person has written: it would be answered for ever, or nobody reads the answer (RFC 3834)."""

from email.message import Message

_SENDERS = ("mailer-daemon@", "postmaster@", "no-reply@", "noreply@", "donotreply@", "do-not-reply@")
_PRECEDENCE = {"bulk", "junk", "list", "auto_reply"}
_MAX_HOPS = 30


def reason_of_automation(message: Message) -> str | None:
    """Why it counts as automatic; None if it does not."""
    if _value(message, "Auto-Submitted") not in {"", "no"} or any(map(message.get, ("X-Autoreply", "X-Autorespond"))):
        return "an automatic reply"
    if _value(message, "Return-Path") == "<>" or message.get_content_subtype() == "report":
        return "a report of delivery"
    if _value(message, "Precedence") in _PRECEDENCE or any(map(message.get, ("List-Id", "List-Unsubscribe"))):
        return "sent to a list"
    if any(sender in _value(message, "From") for sender in _SENDERS):
        return "from a machine"
    if len(message.get_all("Received", [])) > _MAX_HOPS:
        return "going in circles"
    return None


def _value(message: Message, name: str) -> str:
    return str(message.get(name, "")).strip().lower().partition(";")[0].strip()
