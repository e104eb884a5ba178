"""What donors declare for Gift Aid, in every version that they have been shown.

HMRC wants a declaration to name the charity, say which gifts it covers, that Gift Aid is wanted, and that the donor
pays any difference in tax (gov.uk, "Gift Aid declarations: claiming tax back on donations"). This one is for several
gifts. A text that somebody has agreed to never changes: what is to be said differently is a new version.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Declaration:
    """`{charity}` stands for its name. Donors agree to `statement`; the others are shown beside it."""

    version: str
    since: date
    explanation: str
    statement: str
    notice: str


DECLARATIONS = (
    Declaration(
        version="2026-01",
        since=date(2026, 1, 1),
        explanation=(
            "With Gift Aid, {charity} reclaims 25p for every £1 that you donate, from the tax that you pay for the "
            "current tax year. Your address is needed to identify you as a current UK taxpayer."
        ),
        statement=(
            "I want to Gift Aid my donation, and any donations that I make in the future or have made in the past 4 "
            "years, to {charity}. I am a UK taxpayer and understand that if I pay less Income Tax and/or Capital Gains "
            "Tax than the amount of Gift Aid claimed on all my donations in a tax year, it is my responsibility to pay "
            "any difference."
        ),
        notice=(
            "Please tell {charity} if you want to cancel this declaration, change your name or home address, or no "
            "longer pay sufficient tax on your income and/or capital gains. If you pay Income Tax at the higher or "
            "additional rate and want the additional tax relief due to you, include all your Gift Aid donations on "
            "your Self Assessment tax return, or ask HM Revenue and Customs to adjust your tax code."
        ),
    ),
)
"""The oldest first."""


def declarations_on(day: date) -> tuple[Declaration, ...]:
    """Those that donors may have been shown by then; the last is the one to show."""
    return tuple(each for each in DECLARATIONS if each.since <= day)
