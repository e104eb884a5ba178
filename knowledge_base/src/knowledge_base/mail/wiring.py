"""The composition root of mail."""

from functools import cache

from knowledge_base import settings
from knowledge_base.mail.adapters.accounts import CognitoAccounts
from knowledge_base.mail.adapters.erasing import MailErasing
from knowledge_base.mail.adapters.files import AttachedFiles, MailFiles
from knowledge_base.mail.adapters.inbox import BucketInbox
from knowledge_base.mail.adapters.letters import DynamoLetters
from knowledge_base.mail.adapters.ses import SesSender
from knowledge_base.mail.adapters.strangers import DynamoStrangers, holder_of_image
from knowledge_base.mail.adapters.tickets import MailReplies, MailTickets
from knowledge_base.mail.domain.answering import Answering
from knowledge_base.mail.domain.erasing import StrangerErasing
from knowledge_base.mail.domain.notices import MissingNotices
from knowledge_base.mail.domain.outgoing import Posting
from knowledge_base.mail.domain.receiving import Receiving
from knowledge_base.mail.domain.reply_addresses import ReplyAddresses
from knowledge_base.tickets.wiring import attachments, files, inspection, intake, threads, tickets, writing
from shared.erasure.tombstones import DynamoTombstones
from shared.s3.buckets import Bucket

__all__ = ["answering", "erasing", "holder_of_image", "inbox", "stranger_erasing", "strangers"]

_NONE = "none"
"""Of settings: the help desk sends no mail."""


@cache
def inbox() -> BucketInbox:
    letters, addresses, of_mail = _letters(), _addresses(), MailTickets(tickets(), writing())
    sender = settings.MailSending().mail_sender
    notices = None if sender == _NONE else MissingNotices(of_mail, addresses, _posting(letters, sender))
    receiving = Receiving(of_mail, MailFiles(intake()), letters, _accounts(), strangers(), addresses, notices)
    return BucketInbox(Bucket(settings.MailBucket().mail_bucket), receiving)


@cache
def answering() -> Answering:
    letters, posting = _letters(), _posting(_letters(), settings.MailSending().mail_sender)
    attached = AttachedFiles(attachments(), files(), inspection())
    return Answering(MailReplies(tickets(), threads()), attached, letters, _accounts(), _addresses(), posting)


@cache
def erasing() -> MailErasing:
    return MailErasing(settings.Letters().letters_table, Bucket(settings.MailBucket().mail_bucket))


@cache
def strangers() -> DynamoStrangers:
    found = settings.Strangers()
    return DynamoStrangers(found.strangers_table, found.reply_key)


@cache
def stranger_erasing() -> StrangerErasing:
    return StrangerErasing(strangers(), _accounts())


def _posting(letters: DynamoLetters, sender: str) -> Posting:
    return Posting(letters, SesSender(sender))


def _letters() -> DynamoLetters:
    return DynamoLetters(settings.Letters().letters_table, DynamoTombstones(settings.Tombstones().tombstones_table))


def _accounts() -> CognitoAccounts:
    return CognitoAccounts(settings.UserPool().user_pool_id)


def _addresses() -> ReplyAddresses:
    addresses = settings.ReplyAddresses()
    return ReplyAddresses(addresses.help_address, addresses.reply_key)
