"""A broadcast reaches everybody once, as they want it, and stops where it is stopped."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communications.audience.domain.audience import Member
from communications.broadcasts.domain import broadcasting
from communications.broadcasts.domain.broadcasting import MAX_DELAY, PAGE
from communications.broadcasts.domain.broadcasts import BroadcastState, Report, Segment, stop
from communications.notifications.domain.notifying import News, Notifying
from communications.notifications.domain.releasing import Released, Releasing
from communications.notifications.domain.types import Channel
from communications.sending.domain import outbox as sending
from communications.sending.domain.suppressions import Cause, Suppression, category_key
from communications.users.domain.users import Channels, Settings
from shared.errors import NotFound, Unavailable
from tests.communications.broadcasts.world import RATE, WANTED, Campaign
from tests.communications.notifications.world import AT_NIGHT, MORNING, NIGHT, NOON
from tests.shared.persistence.fake_transactions import FakeTransaction

EVERYBODY = [f"u{number:02}" for number in range(60)]


def always() -> bool:
    return True


def test_everybody_hears_once_page_by_page() -> None:
    campaign = Campaign(60)
    campaign.start()
    assert [campaign.work() for _ in range(3)] == ["page done", "page done", "done"]
    assert campaign.pages.messages == []
    assert campaign.mailed() == EVERYBODY
    broadcast = campaign.broadcast
    assert (broadcast.state, broadcast.ended_at, broadcast.page) == (BroadcastState.DONE, NOON, 3)
    assert broadcast.report.counts == {"email": {"sent": 60}}
    assert broadcast.report.recipients == 60


def test_nobody_there_is_done_at_once() -> None:
    campaign = Campaign()
    campaign.start()
    assert campaign.work() == "done"
    assert campaign.broadcast.report.recipients == 0


def test_next_page_waits_for_the_mails_of_this_one() -> None:
    campaign = Campaign(60)
    campaign.start()
    campaign.work()
    assert campaign.pages.messages == [("b1", 1, -(-PAGE // RATE))]
    campaign = Campaign()
    for user_id in EVERYBODY:
        campaign.join(user_id, Settings(Channels(email=False)))
    campaign.start()
    campaign.work()
    assert campaign.pages.messages == [("b1", 1, 0)]
    assert MAX_DELAY >= PAGE  # even at one mail a second


def test_each_is_a_decision_of_their_own() -> None:
    campaign = Campaign(3)
    campaign.join("asleep", Settings(quiet_hours=AT_NIGHT))
    campaign.join("off", Settings(Channels(email=False)))
    campaign.join("unsubscribed")
    key = category_key(sending.Channel.EMAIL, "unsubscribed", "news")
    campaign.suppressions.add(Suppression(key, Cause.UNSUBSCRIBED, NOON))
    campaign.join("heard enough")
    campaign.world.caps.by_user["heard enough"] = (NIGHT,) * 3
    wanted = replace(WANTED, channels=frozenset({Channel.EMAIL, Channel.SMS}))
    campaign.start(wanted)
    expected = {
        "email": {"sent": 3, "held": 1, "skipped": 1, "suppressed": 2},
        "sms": {"skipped": 7},
    }
    dry_run = campaign.broadcasting.dry_run(wanted, NIGHT, always)
    assert (dry_run.report.counts, dry_run.report.recipients, dry_run.is_complete) == (expected, 7, True)
    campaign.broadcasting.do_page("b1", 0, campaign.pages, RATE, NIGHT)
    assert campaign.broadcast.report.counts == expected


def test_other_channels_are_left_alone() -> None:
    campaign = Campaign()
    campaign.join("ada", Settings(Channels(email=True, sms=True, push=False)))
    campaign.start(replace(WANTED, channels=frozenset({Channel.SMS})))
    campaign.work()
    assert campaign.mailed() == []
    assert [row.user_id for row in campaign.world.rows(Channel.SMS)] == ["ada"]
    assert len(campaign.world.notifications.by_id) == 1  # in the list, as everything


def test_segment_is_those_with_consent_an_interest_and_a_language() -> None:
    campaign = Campaign(2)
    campaign.join("ada", Settings(language="de-AT"), ("Clean water",))
    campaign.join("bob", Settings(language="en"), ("clean water",))
    campaign.join("eve", Settings(language="de"), ("education",))
    campaign.join("withdrawn", Settings(language="de"), ("clean water",))
    campaign.audience.put(Member.of("withdrawn", [], ["clean water"], 2))
    campaign.audience.put(Member.of("not registered here", ["marketing"], ["clean water"], 1))
    campaign.start(replace(WANTED, segment=Segment("clean WATER", "de")))
    campaign.work_until_done()
    assert campaign.mailed() == ["ada"]
    assert campaign.broadcast.report.recipients == 1


def test_dry_run_writes_nothing_and_says_if_there_was_no_time() -> None:
    campaign = Campaign(60)
    before = deepcopy((campaign.world.notifications.by_id, campaign.world.outbox.by_id, campaign.world.caps.by_user))
    times = iter([True, False])
    dry_run = campaign.broadcasting.dry_run(WANTED, NOON, lambda: next(times))
    assert (dry_run.is_complete, dry_run.report.recipients) == (False, PAGE)
    complete = campaign.broadcasting.dry_run(WANTED, NOON, always)
    assert (complete.is_complete, complete.report.counts) == (True, {"email": {"sent": 60}})
    world = campaign.world
    assert (world.notifications.by_id, world.outbox.by_id, world.caps.by_user) == before
    assert campaign.broadcasts.by_id == {}


def test_stopping_lets_no_further_page_go_out() -> None:
    campaign = Campaign(60)
    campaign.start()
    campaign.work()
    for _ in range(2):
        assert stop(campaign.broadcasts, campaign.suppressions, "b1", NOON).state is BroadcastState.STOPPED
    assert campaign.work() == "not running"
    assert campaign.mailed() == EVERYBODY[:PAGE]
    assert campaign.broadcast.report.counts == {"email": {"sent": PAGE}}
    with pytest.raises(NotFound):
        stop(campaign.broadcasts, campaign.suppressions, "b2", NOON)


def test_stop_while_a_page_is_being_done_counts_it_and_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = Campaign(60)
    campaign.start()
    turn = campaign.broadcasts.turn

    def stop_first(broadcast: object) -> object:
        stop(campaign.broadcasts, campaign.suppressions, "b1", NOON)
        return turn(broadcast)  # type: ignore[arg-type]

    monkeypatch.setattr(campaign.broadcasts, "turn", stop_first)
    assert campaign.work() == "stopped"
    assert campaign.pages.messages == []
    assert (campaign.broadcast.state, campaign.broadcast.report.recipients) == (BroadcastState.STOPPED, PAGE)


def test_what_is_held_when_it_is_stopped_is_dropped() -> None:
    campaign = Campaign()
    for user_id in EVERYBODY:
        campaign.join(user_id, Settings(quiet_hours=AT_NIGHT))
    campaign.start(at=NIGHT)
    campaign.work(NIGHT)
    stop(campaign.broadcasts, campaign.suppressions, "b1", NIGHT)
    releasing = Releasing(notifying=campaign.notifying, unit_of_work=FakeTransaction)
    assert releasing.release(MORNING, always) == Released(dropped=PAGE)
    states = {(row.state, row.reason) for row in campaign.world.rows(Channel.EMAIL)}
    assert states == {(sending.SendState.CANCELLED, "stopped")}


def test_what_is_held_when_it_is_done_is_sent() -> None:
    campaign = Campaign()
    campaign.join("u00", Settings(quiet_hours=AT_NIGHT))
    campaign.start(at=NIGHT)
    campaign.work_until_done(NIGHT)
    stop(campaign.broadcasts, campaign.suppressions, "b1", NIGHT)
    releasing = Releasing(notifying=campaign.notifying, unit_of_work=FakeTransaction)
    assert releasing.release(MORNING, always) == Released(sent=1)


def test_one_that_has_reached_everybody_stays_done() -> None:
    campaign = Campaign(1)
    campaign.start()
    campaign.work()
    done = stop(campaign.broadcasts, campaign.suppressions, "b1", NOON + timedelta(hours=1))
    assert (done.state, done.ended_at) == (BroadcastState.DONE, NOON)


def test_of_two_workers_on_a_page_one_turns_it(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = Campaign(60)
    campaign.start()
    notify_all = Notifying.notify_all
    outcomes: list[str] = []

    def with_another(notifying: Notifying, news: Sequence[News], now: datetime) -> str:
        monkeypatch.setattr(Notifying, "notify_all", notify_all)
        outcomes.append(campaign.broadcasting.do_page("b1", 0, campaign.pages, RATE, NOON))
        return notify_all(notifying, news, now)

    monkeypatch.setattr(Notifying, "notify_all", with_another)
    outcomes.append(campaign.work())
    assert outcomes == ["page done", "done by another"]
    assert [page for _, page, _ in campaign.pages.messages] == [1]
    campaign.work_until_done()
    assert campaign.mailed() == EVERYBODY
    assert campaign.broadcast.report == Report(60, {"email": {"sent": 60}})


class Crash(Exception):
    """The worker dies."""


@given(crashes=st.lists(st.sampled_from(["none", "notify", "turn", "queue", "end", "twice"]), max_size=12))
def test_whatever_dies_or_repeats_everybody_hears_once_and_is_counted_once(crashes: list[str]) -> None:
    """A message whose worker dies comes again; so do some whose worker has not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(broadcasting, "PAGE", 4)
        campaign = Campaign(10)
        campaign.start()
        left = iter(crashes)
        while campaign.pages.messages:
            message, how = campaign.pages.messages[0], next(left, "none")
            if _disturbed(campaign, how) or how == "twice":
                campaign.pages.messages.append(message)
    assert campaign.mailed() == EVERYBODY[:10]
    assert campaign.broadcast.state is BroadcastState.DONE
    assert campaign.broadcast.report == Report(10, {"email": {"sent": 10}})


def _disturbed(campaign: Campaign, how: str) -> bool:
    """Whether the worker died: after two people of its page, before or after it is turned, before it is ended."""
    outbox, broadcasts, calls = campaign.world.outbox, campaign.broadcasts, 0
    add, turn, end = outbox.add, broadcasts.turn, broadcasts.end

    def dying_add(*arguments: object) -> None:
        nonlocal calls
        calls += 1
        if calls > 2:
            raise Unavailable("Dying.")
        add(*arguments)  # type: ignore[arg-type]

    def die(*_: object) -> None:
        raise Crash

    patched = {"notify": (outbox, "add", dying_add), "turn": (broadcasts, "turn", die), "end": (broadcasts, "end", die)}
    if how in patched:
        thing, name, broken = patched[how]
        setattr(thing, name, broken)
    campaign.pages.fails = int(how == "queue")
    try:
        campaign.work()
    except (Crash, Unavailable):
        return True
    finally:
        outbox.add, broadcasts.turn, broadcasts.end = add, turn, end  # type: ignore[method-assign]
        campaign.pages.fails = 0
    return False
