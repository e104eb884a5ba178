from zoneinfo import ZoneInfo

import pytest

from commerce.receipts.domain.sending import HELD, Contact, Receipts
from shared.errors import NotFound, Unavailable
from tests.commerce.orders.examples import LATER, a_gift, a_line, an_order
from tests.commerce.orders.fakes import FakeOrders
from tests.commerce.receipts.fakes import FakeContacts, FakeDeliveries, Outbox

ORDER = an_order()
CONTACT = Contact(email="ada@example.org", phone="+447700900123")


def receipts_of(contact: Contact | None = CONTACT) -> Receipts:
    contacts = FakeContacts(ada=contact) if contact else FakeContacts()
    return Receipts(
        orders=FakeOrders(ORDER),
        contacts=contacts,
        deliveries=FakeDeliveries(),
        charity="Almoner",
        zone=ZoneInfo("Europe/London"),
    )


def test_goods_and_gifts_have_a_mail_each_with_a_number_of_its_own() -> None:
    outbox = Outbox()
    assert receipts_of().mail(ORDER.order_id, outbox, LATER) == "sent"
    assert [(to, mail.subject) for to, mail in outbox.mails] == [
        ("ada@example.org", "Your order: 2 × A teapot"),
        ("ada@example.org", "Thank you for your gift: A nursing"),
    ]
    goods, gifts = (mail.text for _, mail in outbox.mails)
    assert f"G-{ORDER.number}" in goods
    assert f"D-{ORDER.number}" in gifts


def test_repeated_message_sends_nothing() -> None:
    outbox, receipts = Outbox(), receipts_of()
    for _ in range(3):
        receipts.mail(ORDER.order_id, outbox, LATER)
        receipts.text(ORDER.order_id, outbox, LATER)
    assert (len(outbox.mails), len(outbox.texts)) == (2, 1)


def test_what_failed_is_sent_later_and_the_rest_not_again() -> None:
    outbox, receipts = Outbox(), receipts_of()
    outbox.refusals = 1
    with pytest.raises(Unavailable):
        receipts.mail(ORDER.order_id, outbox, LATER)
    with pytest.raises(Unavailable):  # somebody may still be sending it
        receipts.mail(ORDER.order_id, outbox, LATER)
    receipts.mail(ORDER.order_id, outbox, LATER + HELD)
    receipts.mail(ORDER.order_id, outbox, LATER + 2 * HELD)
    assert len(outbox.mails) == 2


@pytest.mark.parametrize("contact", [None, Contact(email=None, phone=None)], ids=["gone", "nothing verified"])
def test_nobody_else_gets_a_receipt(contact: Contact | None) -> None:
    outbox, receipts = Outbox(), receipts_of(contact)
    assert receipts.mail(ORDER.order_id, outbox, LATER) == "no address"
    assert receipts.text(ORDER.order_id, outbox, LATER) == "no number"
    assert not outbox.mails
    assert not outbox.texts


def test_order_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(NotFound):
        receipts_of().mail("no order", Outbox(), LATER)


def test_order_of_one_kind_has_one_receipt() -> None:
    for order in (an_order(a_line()), an_order(a_gift())):
        receipts, outbox = receipts_of(), Outbox()
        receipts.orders.by_id[order.order_id] = order  # type: ignore[attr-defined]
        receipts.mail(order.order_id, outbox, LATER)
        assert len(outbox.mails) == 1
