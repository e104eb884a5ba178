"""Moments that clients and events name: any year and offset is refused by name, or is no trouble."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel

from generate.functions import CONTEXTS, routes_of
from shared.dynamodb.attributes import MomentAttribute, ZonedMomentAttribute
from shared.errors import Invalid
from shared.events.domain_events import DomainEvent, parse
from shared.http.bodies import checked
from shared.json.encoding import encode, rfc3339
from shared.time.moments import FIRST, LAST, after, day, in_utc

type Json = dict[str, Any]

offsets = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(timezones=offsets) | st.builds(
    lambda edge, offset: edge.replace(tzinfo=offset), st.sampled_from([FIRST, LAST]), offsets
)


def fits(moment: datetime) -> bool:
    """Whether the calendar has it in UTC, by another way than the code's."""
    offset = moment.utcoffset() or timedelta()
    plain = moment.replace(tzinfo=UTC)
    return plain - FIRST >= offset if offset > timedelta() else LAST - plain >= -offset


def paths_of_moments(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    """`("consent", "[]", "recordedAt")` of every field of a body that is a moment."""
    schema = model.model_json_schema(by_alias=True)

    def within(node: Json, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if "$ref" in node:
            yield from within(schema["$defs"][node["$ref"].rpartition("/")[2]], path)
        if node.get("format") == "date-time":
            yield path
        for choice in node.get("anyOf", []) + node.get("oneOf", []):
            yield from within(choice, path)
        for name, each in node.get("properties", {}).items():
            yield from within(each, (*path, name))
        if "items" in node:
            yield from within(node["items"], (*path, "[]"))

    return within(schema, ())


BODIES = {route.body for context in CONTEXTS for route in routes_of(context) if route.body}
FIELDS = [(body, path) for body in sorted(BODIES, key=lambda each: each.__name__) for path in paths_of_moments(body)]


def body_with(path: tuple[str, ...], value: str) -> Any:
    """A body that has nothing but this field."""
    body: Any = value
    for name in reversed(path):
        body = [body] if name == "[]" else {name: body}
    return body


def refused_fields(model: type[BaseModel], body: object) -> set[str]:
    try:
        checked(model, body)
    except Invalid as refusal:
        return {error.field for error in refusal.errors}
    return set()


def test_moments_are_found_in_bodies_of_any_depth() -> None:
    found = {(body.__name__, "/".join(path)) for body, path in FIELDS}

    assert {("PutContent", "startsAt"), ("AmendProfile", "consent/[]/recordedAt")} <= found


@pytest.mark.parametrize(("model", "path"), FIELDS, ids=[f"{body.__name__}-{'/'.join(path)}" for body, path in FIELDS])
@given(moments)
@example(datetime.fromisoformat("0001-01-01T00:00:00+14:00"))
@example(datetime.fromisoformat("9999-12-31T23:59:59-12:00"))
@example(LAST)
@example(FIRST)
def test_field_takes_every_moment_of_the_calendar_and_is_named_for_others(
    model: type[BaseModel], path: tuple[str, ...], at: datetime
) -> None:
    name = ".".join(path).replace(".[]", "[0]")

    assert (name in refused_fields(model, body_with(path, at.isoformat()))) is not fits(at)


@pytest.mark.parametrize(("model", "path"), FIELDS, ids=[f"{body.__name__}-{'/'.join(path)}" for body, path in FIELDS])
@pytest.mark.parametrize("text", ["1700000000", "-1", "1e3", "", "now", "2026-02-03", "2026-02-03T04:05:06", "24:00"])
def test_field_takes_nothing_else(model: type[BaseModel], path: tuple[str, ...], text: str) -> None:
    name = ".".join(path).replace(".[]", "[0]")

    assert name in refused_fields(model, body_with(path, text))


@given(moments)
def test_event_of_a_moment_outside_of_the_calendar_is_none(at: datetime) -> None:
    detail = {"id": "e1", "version": 1, "occurredAt": at.isoformat(), "userId": "ada", "data": {}}
    if fits(at):
        event = parse(detail)
        assert event == DomainEvent("e1", 1, at, "ada", {})
        assert encode(event)
    else:
        with pytest.raises(ValueError, match="years"):
            parse(detail)


@given(moments)
def test_moment_that_has_passed_can_be_kept_and_shown(at: datetime) -> None:
    if fits(at):
        assert MomentAttribute().deserialize(MomentAttribute().serialize(at)) <= at
        assert rfc3339(at)
        assert in_utc(at) == at


@given(moments, st.timedeltas())
def test_arithmetic_stays_within_the_calendar(at: datetime, span: timedelta) -> None:
    if fits(at):
        later = after(at, span)

        assert (later >= at) if span >= timedelta() else (later <= at)
        assert later - at == span or later in {FIRST, LAST}


# --- Days

LONDON, KIRITIMATI = ZoneInfo("Europe/London"), ZoneInfo("Pacific/Kiritimati")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-25T00:30:00+01:00", "25 December 2026"),
        ("2026-12-24T23:30:00-05:00", "24 December 2026"),
        ("2026-12-24T23:30:00Z", "24 December 2026"),
        ("2026-07-31T23:30:00Z", "1 August 2026"),
        ("2026-07-31T23:30:00+00:00", "1 August 2026"),
        ("2026-07-31T23:30:00+01:00", "31 July 2026"),
    ],
)
def test_day_is_that_of_the_zone_that_was_given_and_else_of_the_charity(text: str, expected: str) -> None:
    assert day(datetime.fromisoformat(text), LONDON) == expected


@given(moments, st.sampled_from([UTC, LONDON, KIRITIMATI, ZoneInfo("America/New_York")]))
@example(FIRST, ZoneInfo("America/New_York"))
@example(LAST, KIRITIMATI)
def test_every_moment_has_a_day(moment: datetime, zone: tzinfo) -> None:
    assert day(moment, zone)


@given(moments)
def test_zone_of_a_moment_is_kept_where_it_matters(moment: datetime) -> None:
    attribute = ZonedMomentAttribute()
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    if fits(moment):
        kept = attribute.deserialize(attribute.serialize(moment))
        assert (kept, kept.utcoffset()) == (moment, moment.utcoffset())
