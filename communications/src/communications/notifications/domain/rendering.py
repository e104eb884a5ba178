"""Notifications as they are shown, mailed, and sent to phones. Names and titles are anybody's text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from html import escape
from string import Formatter

from communications.notifications.domain.texts.english import ENGLISH
from communications.notifications.domain.texts.german import GERMAN
from communications.notifications.domain.texts.wording import Language, Term, Text
from communications.notifications.domain.types import Channel, NotificationType
from communications.sending.domain.outbox import Content, Mail, Push, Sms
from communications.sending.domain.sms import shortened
from shared.text.characters import is_control, is_reordering, is_surrogate

LANGUAGES: Mapping[str, Language] = {language.tag: language for language in (ENGLISH, GERMAN)}

MAX_TITLE = 150
MAX_CONTENT = 2_000
MAX_BODY = 180
"""Of a push message: what fits on a lock screen."""
_MAX_NAME = 60
"""Of a value in a title or an SMS."""

type Rows = Sequence[tuple[str | Term, str]]
type Paragraph = Sequence[str | Term]
"""By lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of a mail, a receipt with its number and day, and what stands below it."""

    term: Term
    number: str
    day: date
    rows: Rows
    closing: Sequence[Paragraph] = ()


@dataclass(frozen=True, slots=True)
class Details:
    """`values` are what the type's texts ask for; `sections` stand in the mail only."""

    values: Mapping[str, str | Term] = field(default_factory=dict)
    sections: Sequence[Section] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """`title` is one line."""

    title: str
    content: str
    mail: Mail
    push: Push
    sms: Sms

    def content_for(self, channel: Channel, notification_id: str | None) -> Content:
        """What is sent through a channel that leads outside. Raises ValueError for another."""
        match channel:
            case Channel.EMAIL:
                return self.mail
            case Channel.SMS:
                return self.sms
            case Channel.PUSH:
                return replace(self.push, data={"notificationId": notification_id} if notification_id else {})
        raise ValueError(f"nothing is sent by {channel}")


@dataclass(frozen=True, slots=True)
class _Table:
    title: str
    rows: Sequence[tuple[str, str]]
    closing: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Page:
    """A mail before it is text or HTML."""

    language: Language
    title: str
    paragraphs: Sequence[str]
    items: Sequence[tuple[str, str]]
    tables: Sequence[_Table]
    closing: Sequence[str]


def language_of(tag: str) -> Language:
    """That of the tag, such as de-AT, or English."""
    return LANGUAGES.get(tag.casefold().partition("-")[0], ENGLISH)


def render(type_: NotificationType, details: Details, language: Language, name: str, charity: str) -> Rendered:
    """Raises KeyError for a value that is missing."""
    text, terms = language.texts[type_.name], language.terms
    values = {key: _in_language(value, terms) for key, value in details.values.items()}
    short = {key: _clipped(_one_line(value), _MAX_NAME) for key, value in values.items()}
    title = _clipped(text.title.format_map(short), MAX_TITLE)
    content = _clipped(_lines(text.content.format_map(values)), MAX_CONTENT)
    page = _Page(
        language,
        title,
        [_greeting(language, name), content, *(paragraph.format_map(short) for paragraph in text.more)],
        [],
        [_table(section, language) for section in details.sections],
        [charity, _settings(language, is_essential=type_.is_essential)],
    )
    return Rendered(title, content, _mail(page), _push(title, content), _sms(text, short, charity))


def render_digest(
    items: Sequence[tuple[str, str]], language: Language, name: str, charity: str, *, is_essential: bool = False
) -> Rendered:
    """Several notifications, by title and content, in one."""
    values = {"count": str(len(items)), "first": _clipped(_one_line(items[0][0]), _MAX_NAME)}
    title, intro = language.digest.title.format_map(values), language.digest.content
    page = _Page(
        language,
        title,
        [_greeting(language, name), intro],
        items,
        [],
        [charity, _settings(language, is_essential=is_essential)],
    )
    titles = "; ".join(_one_line(item_title) for item_title, _ in items)
    return Rendered(title, titles, _mail(page), _push(title, titles), _sms(language.digest, values, charity))


def values_of(text: Text) -> frozenset[str]:
    """The names of the values that a text asks for."""
    parts = (text.title, text.content, text.sms, *text.more)
    return frozenset(name for part in parts for _, name, _, _ in Formatter().parse(part) if name)


def _greeting(language: Language, name: str) -> str:
    name = _one_line(name)
    return language.greeting.format(name=name) if name else language.greeting_without_name


def _settings(language: Language, *, is_essential: bool) -> str:
    return language.terms[Term.IS_ALWAYS_SENT if is_essential else Term.MAY_BE_CHANGED]


def _table(section: Section, language: Language) -> _Table:
    terms, day = language.terms, _date(section.day, language)
    return _Table(
        title=terms[section.term].format(number=_one_line(section.number), day=day),
        rows=[(_one_line(_in_language(label, terms)), _one_line(amount)) for label, amount in section.rows],
        closing=["\n".join(_one_line(_in_language(line, terms)) for line in lines) for lines in section.closing],
    )


def _date(day: date, language: Language) -> str:
    return language.date.format(day=day.day, month=language.months[day.month - 1], year=day.year)


def _in_language(text: str | Term, terms: Mapping[Term, str]) -> str:
    return terms[text] if isinstance(text, Term) else text


def _push(title: str, content: str) -> Push:
    return Push(title, _clipped(_one_line(content), MAX_BODY))


def _sms(text: Text, values: Mapping[str, str], charity: str) -> Sms:
    text_ = f"{charity}: {text.sms.format_map(values)}"
    return Sms(shortened(text_.replace("…", "...")))  # the character is not in GSM-7, and would make twice the parts


def _mail(page: _Page) -> Mail:
    return Mail(_one_line(page.title), _as_text(page), _as_html(page))


def _as_text(page: _Page) -> str:
    items = [f"* {_one_line(title)}\n  {_one_line(content)}" for title, content in page.items]
    tables = [
        paragraph
        for table in page.tables
        for paragraph in ("\n".join([table.title, *map(": ".join, table.rows)]), *table.closing)
    ]
    paragraphs = (*page.paragraphs, *items, *tables, *page.closing)
    return "\n\n".join(_lines(paragraph) for paragraph in paragraphs) + "\n"


def _as_html(page: _Page) -> str:
    items = "".join(f"<li><strong>{_safe(title)}</strong><br>{_safe(content)}</li>" for title, content in page.items)
    tables = "".join(
        f"<h2>{_safe(table.title)}</h2><table>{''.join(_row(label, amount) for label, amount in table.rows)}</table>"
        f"{_paragraphs(table.closing)}"
        for table in page.tables
    )
    return (
        f'<!doctype html><html lang="{page.language.tag}"><head><meta charset="utf-8"><title>{_safe(page.title)}'
        f"</title></head><body><h1>{_safe(page.title)}</h1>{_paragraphs(page.paragraphs)}"
        f"{f'<ul>{items}</ul>' if items else ''}{tables}{_paragraphs(page.closing)}</body></html>"
    )


def _paragraphs(paragraphs: Sequence[str]) -> str:
    return "".join(f"<p>{_safe(paragraph)}</p>" for paragraph in paragraphs)


def _row(label: str, amount: str) -> str:
    return f'<tr><td>{_safe(label)}</td><td style="text-align: right">{_safe(amount)}</td></tr>'


def _safe(text: str) -> str:
    return escape(_lines(text)).replace("\n", "<br>")


def _one_line(text: str) -> str:
    """Without what would begin another line, or another header, or show other text than there is."""
    return " ".join(_lines(text).split())


def _lines(text: str) -> str:
    """With line breaks, and a space for each character that hides how the text is written."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(" " if _hides(character) else character for character in text)


def _hides(character: str) -> bool:
    return is_control(character) or is_reordering(character) or is_surrogate(character)


def _clipped(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
