"""What of a mail has not reached its ticket is said to the sender by mail, with the ways to send it otherwise.

Nothing else is answered by itself, and this only to people: what machines send is refused before (`automatic`), and
the notice says that it is automatic. Nobody gets more of them than mails are taken of one sender.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from knowledge_base.mail.domain.correspondence import Letter, letter_id_of
from knowledge_base.mail.domain.outgoing import Posting, Refused, in_thread
from knowledge_base.mail.domain.parsing import MAX_MEGABYTES
from knowledge_base.mail.domain.receiving import Thread, Tickets
from knowledge_base.mail.domain.reply_addresses import ReplyAddresses


@dataclass(frozen=True, slots=True)
class MissingNotices:
    tickets: Tickets
    addresses: ReplyAddresses
    posting: Posting

    def send(self, letter: Letter, missing: Sequence[str], now: datetime) -> str:
        """What came of it, for the log. Raises Unavailable; NotFound for who was erased."""
        note_id = letter_id_of(f"notice {letter.letter_id}")
        if self.posting.was_sent(letter.user_id, note_id):
            return "sent already"
        thread = self.tickets.find(letter.ticket_id)
        if thread is None:
            return "no ticket"
        reply_to = self.addresses.of_ticket(thread.ticket_id)
        mail = in_thread(thread, letter.address, reply_to, [letter], _words(thread, missing), is_automatic=True)
        note = replace(letter, letter_id=note_id, message_id=None, key=None, at=now)
        try:
            self.posting.send(mail, note)
        except Refused as error:
            return f"refused: {error}"
        return "sent"


def _words(thread: Thread, missing: Sequence[str]) -> Sequence[str]:
    has_come = f"Thank you for your mail. We have it as question {thread.number}, but this has not reached us:"
    by_mail = (
        f"send several mails of up to {MAX_MEGABYTES} MB each: a file takes a third more in a mail than on its own"
    )
    upload = f"sign in and attach the files to question {thread.number}, or " if thread.has_account else ""
    way = (
        f"Please {upload}{by_mail}. We take JPEG, PNG, WebP and GIF images, PDF, text and CSV, each up to 10 MB. "
        "For anything else, answer this mail without files, and we find another way."
    )
    return [has_come, "\n".join(f"- {each}" for each in missing), way]
