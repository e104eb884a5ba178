"""What a language has: the texts of each type, and what all mails have in common.

`{name}` in a text stands for a value. Values are anybody's text: they are put in as they are, and never read as one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Term(StrEnum):
    """What stands in every mail of its kind, in the language of the mail."""

    YOUR_ORDER = "yourOrder"
    YOUR_GIFT = "yourGift"
    GOODS = "goods"
    DONATIONS = "donations"
    SHIPPING = "shipping"
    TOTAL = "total"
    SENT_TO = "sentTo"
    GIFT_AID = "giftAid"
    SOMEBODY = "somebody"
    MAY_BE_CHANGED = "mayBeChanged"
    IS_ALWAYS_SENT = "isAlwaysSent"


@dataclass(frozen=True, slots=True)
class Text:
    """`title` is a mail's subject, `content` what the list shows; `more` are further paragraphs of the mail.

    `sms` is what follows the charity's name; empty of types that are not sent by SMS.
    """

    title: str
    content: str
    sms: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """`tag` as BCP 47 has it; `digest` is for several notifications in one, with their number as `{count}`.

    `date` is made of `{day}`, `{month}`, one of the `months`, and `{year}`.
    """

    tag: str
    date: str
    months: tuple[str, ...]
    greeting: str
    greeting_without_name: str
    digest: Text
    terms: Mapping[Term, str]
    texts: Mapping[str, Text]
