from dataclasses import replace
from email import policy
from email.message import EmailMessage
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from commerce.receipts.domain.texts import Mail, receipt_mail, receipt_sms
from tests.commerce.orders.examples import a_gift, a_line, an_order

DAY = "3 February 2026"
TAGS = {"html", "head", "meta", "title", "body", "h1", "p", "br", "table", "tr", "td"}


def mails_of(name: str = "A teapot") -> dict[str, Mail]:
    order = an_order(replace(a_line(), name=name), replace(a_gift(), name=name))
    return {receipt.kind: receipt_mail(order, receipt, DAY, "Almoner") for receipt in order.receipts}


def test_receipt_of_goods() -> None:
    assert mails_of()["goods"].text == (
        "Your order.\n\n"
        "Order 100001 of 3 February 2026, receipt G-100001\n\n"
        "2 × A teapot: GBP 17.00\n"
        "Shipping: GBP 3.95\n"
        "Total: GBP 20.95\n\n"
        "We are sending it to:\nAda Byron\n12 St James's Square\nLondon SW1Y 4JH\nGB\n\n"
        "Almoner\n"
    )


def test_subject_counts_products_and_not_their_shipping() -> None:
    for lines, subject in (
        ([a_line()], "Your order: 2 × A teapot"),
        ([a_line(), a_line("cup", 1)], "Your order: 2 × A teapot and 1 more"),
        ([a_gift()], "Thank you for your gift: A nursing"),
    ):
        order = an_order(*lines)
        assert receipt_mail(order, order.receipts[0], DAY, "Almoner").subject == subject


def test_receipt_of_gifts_says_what_gift_aid_does() -> None:
    text = mails_of()["donations"].text
    assert "A teapot: GBP 25.00\nTotal: GBP 25.00" in text
    assert "Gift Aid" in text
    order = an_order(a_gift(), gift_aid=None)
    assert "Gift Aid" not in receipt_mail(order, order.receipts[0], DAY, "Almoner").text


def test_sms_names_total_and_order() -> None:
    text = receipt_sms(an_order(), "Almoner")
    assert "GBP 45.95" in text
    assert "100001" in text
    assert len(text) <= 160


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.attributes |= {name for name, _ in attrs}


HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80),
    st.sampled_from(
        ['<script src="//evil">', "</td></table><img src=x onerror=a()>", "x\r\nBcc: eve@example.org", '" onload="a']
    ),
)


@given(HOSTILE)
def test_names_never_become_markup_or_headers(name: str) -> None:
    for mail in mails_of(name).values():
        tags = Tags()
        tags.feed(mail.html)
        assert tags.found <= TAGS
        assert tags.attributes <= {"lang", "charset", "style"}
        written = EmailMessage(policy=policy.SMTP)
        written["Subject"] = mail.subject  # raises for line breaks
        assert len(mail.subject.splitlines()) == 1
