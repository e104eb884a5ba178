"""Examples of what notifications are about, for previews of their texts."""

from collections.abc import Mapping
from datetime import date

from communications.notifications.domain.rendering import Details, Section
from communications.notifications.domain.texts.wording import Term

_ORDER = {"number": "100123"}
_DAY = date(2026, 3, 14)

SAMPLES: Mapping[str, Details] = {
    "order-paid": Details(
        values=_ORDER | {"bought": Term.YOUR_ORDER, "total": "GBP 37.45"},
        sections=(
            Section(
                term=Term.GOODS,
                number="G-100123",
                day=_DAY,
                rows=(("2 × Tea towel", "GBP 9.50"), (Term.SHIPPING, "GBP 2.95"), (Term.TOTAL, "GBP 12.45")),
                closing=((Term.SENT_TO, "Amara Okafor", "7 Park Row", "Leeds LS1 5HD", "GB"),),
            ),
            Section(
                term=Term.DONATIONS,
                number="D-100123",
                day=_DAY,
                rows=(("A week of meals", "GBP 25.00"), (Term.TOTAL, "GBP 25.00")),
                closing=((Term.GIFT_AID,),),
            ),
        ),
    ),
    "order-fulfilled": Details(_ORDER),
    "order-cancelled": Details(_ORDER),
    "order-refunded": Details(_ORDER | {"amount": "GBP 9.50"}),
    "donation-received": Details({"amount": "GBP 25.00"}),
    "message-received": Details({"sender": "Amara Okafor"}),
    "ticket-answered": Details({"number": "1042"}),
    "ticket-closed": Details({"number": "1042"}),
    "stock-low": Details({"name": "Tea towel", "stock": "3"}),
    "email-changed": Details(),
    "phone-changed": Details(),
    "news": Details({"title": "Spring appeal", "content": "This spring we are opening a second kitchen."}),
}
