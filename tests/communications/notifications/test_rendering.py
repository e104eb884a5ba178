"""What notifications say: complete in every language, and safe whatever people are called."""

from datetime import date
from html.parser import HTMLParser
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communications.notifications.domain.rendering import (
    LANGUAGES,
    MAX_BODY,
    MAX_TITLE,
    Details,
    Rendered,
    Section,
    language_of,
    render,
    render_digest,
    values_of,
)
from communications.notifications.domain.samples import SAMPLES
from communications.notifications.domain.texts.english import ENGLISH
from communications.notifications.domain.texts.german import GERMAN
from communications.notifications.domain.texts.wording import Language, Term
from communications.notifications.domain.types import TYPES, Channel, NotificationType
from communications.sending.domain.sms import MAX_PARTS, Parts, parts_of

CHARITY = "Almoner"
HOSTILE = '<script>alert("1")</script>\r\nBcc: all@example.org {name} {0.__class__} \u202e\u2028&amp;'

each_type = pytest.mark.parametrize("type_", TYPES.values(), ids=TYPES)
each_language = pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert {name for name, _ in attrs} <= {"lang", "charset", "style"}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@each_type
@each_language
def test_language_is_complete(type_: NotificationType, language: Language) -> None:
    text = language.texts[type_.name]
    assert text.title
    assert text.content
    assert bool(text.sms) is (Channel.SMS in type_.channels)
    assert values_of(text) == values_of(ENGLISH.texts[type_.name]) == SAMPLES[type_.name].values.keys()
    assert len(text.more) == len(ENGLISH.texts[type_.name].more)


@each_language
def test_language_has_all_terms_and_no_text_of_another_type(language: Language) -> None:
    assert language.terms.keys() == set(Term)
    assert language.texts.keys() == TYPES.keys() == SAMPLES.keys()


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en", ENGLISH), ("de", GERMAN), ("de-AT", GERMAN), ("DE", GERMAN), ("cy", ENGLISH), ("", ENGLISH)],
)
def test_language_that_is_not_there_is_english(tag: str, language: Language) -> None:
    assert language_of(tag) is language


def test_receipt() -> None:
    receipt = render(TYPES["order-paid"], SAMPLES["order-paid"], ENGLISH, "Amara Okafor", CHARITY)
    assert receipt.title == receipt.mail.subject == receipt.push.title == "Thank you for your order 100123"
    assert receipt.mail.text == (
        "Hello Amara Okafor,\n\nWe have received GBP 37.45.\n\n"
        "Receipt G-100123 for your order of 14 March 2026\n"
        "2 × Tea towel: GBP 9.50\nShipping: GBP 2.95\nTotal: GBP 12.45\n\n"
        "We are sending it to:\nAmara Okafor\n7 Park Row\nLeeds LS1 5HD\nGB\n\n"
        "Receipt D-100123 for your gift of 14 March 2026\n"
        "A week of meals: GBP 25.00\nTotal: GBP 25.00\n\n"
        f"{ENGLISH.terms[Term.GIFT_AID]}\n\n{CHARITY}\n\n{ENGLISH.terms[Term.IS_ALWAYS_SENT]}\n"
    )
    assert "<h2>Receipt D-100123 for your gift of 14 March 2026</h2>" in receipt.mail.html


def test_german() -> None:
    gift = render(TYPES["donation-received"], SAMPLES["donation-received"], GERMAN, "", CHARITY)
    assert gift.title == "Danke für Ihre Spende"
    assert gift.mail.text.startswith("Guten Tag,\n\nWir haben Ihre Spende von GBP 25.00 erhalten.")
    assert '<html lang="de">' in gift.mail.html


def is_safe(rendered: Rendered) -> None:
    for line in (rendered.title, rendered.mail.subject, rendered.push.title, rendered.push.body, rendered.sms.text):
        assert len(line.splitlines()) <= 1
        assert not {category(character) for character in line} & {"Cc", "Cs", "Zl", "Zp"}
    assert len(rendered.title) <= MAX_TITLE
    assert len(rendered.push.body) <= MAX_BODY
    assert parts_of(rendered.sms.text).count <= MAX_PARTS
    allowed = {
        "html",
        "head",
        "meta",
        "title",
        "body",
        "h1",
        "h2",
        "p",
        "br",
        "ul",
        "li",
        "strong",
        "table",
        "tr",
        "td",
    }
    assert set(Tags(rendered.mail.html).tags) <= allowed


@each_type
@each_language
def test_hostile_values(type_: NotificationType, language: Language) -> None:
    values = dict.fromkeys(values_of(language.texts[type_.name]), HOSTILE)
    rows, closing = [(HOSTILE, HOSTILE)], [(Term.SENT_TO, HOSTILE)]
    section = Section(term=Term.GOODS, number=HOSTILE, day=date(2026, 3, 14), rows=rows, closing=closing)
    rendered = render(type_, Details(values, [section]), language, HOSTILE, CHARITY)
    is_safe(rendered)
    assert "\r" not in rendered.mail.text
    # it is shown as it was written
    assert '<script>alert("1")</script>' in "".join(Tags(rendered.mail.html).texts)


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=3000))
def test_whatever_people_write(name: str, title: str, content: str) -> None:
    details = Details({"title": title, "content": content})
    is_safe(render(TYPES["news"], details, ENGLISH, name, CHARITY))
    is_safe(render_digest([(title, content), (content, title)], ENGLISH, name, CHARITY))


def test_digest() -> None:
    digest = render_digest([("First", "One."), ("Second", "Two.")], ENGLISH, "Ana", CHARITY)
    assert digest.mail.subject == "2 notifications"
    assert "* First\n  One.\n\n* Second\n  Two.\n" in digest.mail.text
    assert (
        "<ul><li><strong>First</strong><br>One.</li><li><strong>Second</strong><br>Two.</li></ul>" in digest.mail.html
    )
    assert digest.sms.text == "Almoner: 2 new notifications: First ..."
    assert digest.push.body == "First; Second"


def test_sms_of_a_charity_with_a_long_name_is_shortened() -> None:
    charity = "Society for the Relief of the Poor " * 30
    text = render(TYPES["order-paid"], SAMPLES["order-paid"], ENGLISH, "Ana", charity).sms.text
    assert (parts_of(text).count, text[-3:]) == (MAX_PARTS, "...")


@each_language
def test_sms_cost_no_more_than_one_part(language: Language) -> None:
    for type_ in TYPES.values():
        text = render(type_, SAMPLES[type_.name], language, "Ana", CHARITY).sms.text
        assert parts_of(text) == Parts("GSM-7", 1)


def test_value_is_no_template() -> None:
    rendered = render(TYPES["message-received"], Details({"sender": "{charity} {0}"}), ENGLISH, "{name}", CHARITY)
    assert rendered.title == "{charity} {0} has sent you a message"
    assert rendered.mail.text.startswith("Hello {name},")


def test_missing_value() -> None:
    with pytest.raises(KeyError):
        render(TYPES["order-paid"], Details(), ENGLISH, "Ana", CHARITY)
