"""Whatever dies at any call between a request and its last effect, and is repeated twice: none lost, none doubled."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

import pytest

from communications.conversations.domain.reports import Decision
from shared.auth.callers import Caller
from shared.errors import Conflict
from shared.idempotency.claims import Claim
from tests.communications.conversations.post_office import ADA, BOB, EVE, PRIYA, STAFF, TOM, PostOffice
from tests.communications.examples import NOW
from tests.shared.boundaries import Boundaries, Killed, Phase, Point

ADMIN = Caller(TOM, frozenset({"admin"}))

type Step = Callable[[], object]


def steps(office: PostOffice) -> Sequence[Step]:
    """Priya writes to Ada, Bob and Eve, who has blocked her; Ada answers; all is read, edited, deleted, and removed."""
    ids: dict[str, str] = {}

    def send(name: str, sender: str, conversation_id: str | None = None) -> Step:
        def work() -> None:
            to = () if conversation_id else (ADA, BOB, EVE)
            caller, place = Caller(sender, STAFF.groups), ids.get(conversation_id or "")
            answer = office.send(caller, name, *to, conversation_id=place, claim=Claim(name, name))
            ids[name] = answer["messageId"] if isinstance(answer, dict) else answer.message_id
            ids["conversation"] = answer["conversationId"] if isinstance(answer, dict) else answer.conversation_id

        return work

    def carry_on() -> None:
        """The streams deliver what they have, from the beginning."""
        office.carry_on()

    return [
        lambda: office.blocks.block(EVE, PRIYA, NOW),
        send("first", PRIYA),
        carry_on,
        send("second", ADA, "conversation"),
        carry_on,
        lambda: office.receipts.mark_read(ADA, ids["conversation"], 1, NOW),
        lambda: office.receipts.mark_read(BOB, ids["conversation"], 2, NOW),
        carry_on,
        lambda: office.changing.edit(PRIYA, ids["first"], "corrected", NOW),
        carry_on,
        lambda: office.changing.delete(ADA, ids["second"], NOW),
        carry_on,
        lambda: office.moderation.report(BOB, ids["conversation"], "Rude", Claim("report", "report"), NOW),
        lambda: office.moderation.decide(
            ADMIN, next(iter(office.reports.by_id)), Decision.REMOVE, [ids["first"]], "", NOW
        ),
        carry_on,
    ]


def played(boundaries: Boundaries) -> PostOffice:
    """Each step is done twice, and once more where it died."""
    office = PostOffice(boundaries=boundaries)
    for step in steps(office):
        done = 0
        while done < 2:
            with suppress(Killed):
                with suppress(Conflict):  # it has been decided about this report
                    step()
                done += 1
    return office


def seen(office: PostOffice) -> dict[str, Any]:
    """What everybody has: ids differ from run to run."""
    everybody = (PRIYA, ADA, BOB, EVE)
    frames = {user_id: sorted(map(_frame, office.frames(user_id))) for user_id in everybody}
    unread = {user_id: office.inbox.head(user_id).unread.messages for user_id in everybody}
    copies = sorted(
        (copy.user_id, copy.sender_id, copy.content, copy.version, copy.deleted, copy.is_withheld)
        for copy in office.messages.copies.values()
    )
    places = sorted((each.user_id, each.unread, len(each.receipts)) for each in office.conversations.places.values())
    return {
        "frames": frames,
        "unread": unread,
        "copies": copies,
        "places": places,
        "reports": len(office.reports.by_id),
    }


def _frame(frame: dict[str, Any]) -> tuple[str, ...]:
    return str(frame["type"]), *(str(frame.get(name, "")) for name in ("senderId", "change", "userId", "upTo", "left"))


@cache
def undisturbed() -> tuple[dict[str, Any], Sequence[Point]]:
    boundaries = Boundaries()
    return seen(played(boundaries)), boundaries.points


def points() -> list[tuple[int, Phase]]:
    return [(point.number, point.phase) for point in undisturbed()[1]]


def test_everything_arrives_once() -> None:
    found, passed = undisturbed()

    assert found["frames"][EVE] == [("message", ADA, "deleted", "", "", ""), ("message", ADA, "sent", "", "", "")]
    assert [frame[2] for frame in found["frames"][BOB] if frame[0] == "message"] == [
        "deleted",
        "sent",
        "deleted",
        "edited",
        "sent",
    ]
    assert found["unread"] == {PRIYA: 1, ADA: 0, BOB: 0, EVE: 1}
    assert {(content, withheld) for _, sender, content, *_, withheld in found["copies"] if sender == PRIYA} == {
        ("", False),
        ("", True),
    }
    assert {"inbox.write", "messages.find", "messages.withhold"} <= {point.call for point in passed}


@pytest.mark.parametrize("at", points(), ids=lambda at: f"{at[0]}-{at[1]}")
def test_death_at_any_call_loses_and_doubles_nothing(at: tuple[int, Phase]) -> None:
    def killed(_: Point) -> None:
        raise Killed

    boundaries = Boundaries(at, killed)
    office = played(boundaries)

    assert boundaries.happened
    assert seen(office) == undisturbed()[0]
