"""English, which is complete, and stands in for languages that are not there."""

from communications.notifications.domain.texts.wording import Language, Term, Text

ENGLISH = Language(
    tag="en",
    date="{day} {month} {year}",
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    greeting="Hello {name},",
    greeting_without_name="Hello,",
    digest=Text(
        title="{count} notifications",
        content="This is what has happened in the meantime:",
        sms="{count} new notifications: {first} ...",
    ),
    terms={
        Term.YOUR_ORDER: "your order",
        Term.YOUR_GIFT: "your gift",
        Term.GOODS: "Receipt {number} for your order of {day}",
        Term.DONATIONS: "Receipt {number} for your gift of {day}",
        Term.SHIPPING: "Shipping",
        Term.TOTAL: "Total",
        Term.SENT_TO: "We are sending it to:",
        Term.SOMEBODY: "Somebody",
        Term.GIFT_AID: (
            "You have declared Gift Aid: for every £1 that you gave, we can claim 25p from HMRC, at no cost to you. "
            "Please tell us if you stop paying enough Income Tax or Capital Gains Tax."
        ),
        Term.MAY_BE_CHANGED: "Which mails you get, and when, is for you to choose in your settings.",
        Term.IS_ALWAYS_SENT: "We always send mails of this kind, whatever your settings are.",
    },
    texts={
        "order-paid": Text(
            title="Thank you for {bought} {number}",
            content="We have received {total}.",
            sms="thank you, we have received {total} (order {number}). Your receipt comes by mail.",
        ),
        "order-fulfilled": Text(
            title="Your order {number} is on its way",
            content="We have handed it over for delivery.",
            sms="your order {number} is on its way.",
        ),
        "order-cancelled": Text(
            title="Your order {number} has been cancelled",
            content="You will get back what you have paid.",
        ),
        "order-refunded": Text(
            title="A refund for your order {number}",
            content="We have given back {amount}. Your bank may take some days to show it.",
        ),
        "donation-received": Text(
            title="Thank you for your gift",
            content="We have received your gift of {amount}. Thank you!",
        ),
        "message-received": Text(
            title="{sender} has sent you a message",
            content="You can read it, and answer, on our site.",
        ),
        "ticket-answered": Text(
            title="We have answered your question {number}",
            content="You can read the answer, and reply, on our site.",
        ),
        "ticket-closed": Text(
            title="How did we do with your question {number}?",
            content="It is closed now. On our site you can tell us how content you are with our answer.",
        ),
        "stock-low": Text(
            title="Low stock: {name}",
            content="Pieces left: {stock}.",
        ),
        "email-changed": Text(
            title="Your e-mail address has been changed",
            content="From now on we write to your new address.",
            sms="your e-mail address has been changed. Was it not you? Please contact us at once.",
            more=("Was it not you? Please contact us at once.",),
        ),
        "phone-changed": Text(
            title="Your phone number has been changed",
            content="From now on we use your new number.",
            sms="your phone number has been changed. Was it not you? Please contact us at once.",
            more=("Was it not you? Please contact us at once.",),
        ),
        "news": Text(title="{title}", content="{content}", sms="{title}"),
    },
)
