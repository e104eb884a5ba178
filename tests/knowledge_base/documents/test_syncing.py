"""The knowledge base follows the bucket, with one job running and one waiting, whatever happens."""

import random
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.documents.domain.documents import DocumentState
from knowledge_base.documents.domain.syncing import AGAIN, BACK_OFF, MAX_ATTEMPTS, Outcome
from knowledge_base.documents.domain.syncs import SyncState
from shared.errors import NotFound
from tests.knowledge_base.documents.world import STUCK_AFTER, World
from tests.shared.boundaries import Boundaries, Killed, Point


def assert_settled(world: World) -> None:
    """The knowledge base and the records are where the bucket is, and nothing is left to do."""
    assert world.base.contents == world.files.contents
    present = {each.name: each.state for each in world.documents.all() if each.state is not DocumentState.DELETED}
    unreadable = world.base.unreadable
    assert present == {
        key: DocumentState.FAILED if key in unreadable else DocumentState.SEARCHABLE for key in world.files.contents
    }
    for document in world.documents.all():
        kept = [content for _, content in world.files.versions[document.name] if content is not None]
        assert (document.state is DocumentState.DELETED) == (not kept)
        if kept:
            assert document.fingerprint == f"etag of {kept[-1]}"
    assert world.syncs.present.running is world.syncs.present.waiting is None


def test_uploaded_documents_become_searchable_change_and_go() -> None:
    world = World()
    for name in ("refunds.md", "delivery.md", "hats.md"):
        world.files.put(name, f"first {name}")
    world.settle()
    assert world.states() == dict.fromkeys(("delivery.md", "hats.md", "refunds.md"), "searchable")
    world.files.put("refunds.md", "second")
    world.delete("hats.md")
    assert world.states()["hats.md"] == "deleting"
    world.settle()
    assert world.states() == {"delivery.md": "searchable", "refunds.md": "searchable"}
    assert [each.version for each in world.listed()] == [1, 2]
    assert_settled(world)
    with pytest.raises(NotFound):
        world.delete("hats.md")


def test_burst_is_two_jobs() -> None:
    world = World()
    for number in range(100):
        world.files.put(f"{number}.md", f"text {number}")
        if number % 10 == 9:
            world.now += timedelta(milliseconds=300)
            world.work()
            slots = world.syncs.present
            assert slots.running
    assert slots.waiting
    world.settle()
    assert len(world.base.jobs) == 2
    assert [sync.state for sync in world.syncs.past] == [SyncState.DONE] * 2
    assert_settled(world)


def test_states_are_seen_on_the_way() -> None:
    world = World()
    world.files.put("a.md", "text")
    world.work()
    assert world.states() == {"a.md": "ingesting"}
    world.files.put("b.md", "text")
    world.work()
    assert world.states() == {"a.md": "ingesting", "b.md": "uploaded"}
    world.settle()
    assert set(world.states().values()) == {"searchable"}


def test_same_content_again_is_no_new_version() -> None:
    world = World()
    for _ in range(2):
        world.files.put("a.md", "text")
        world.settle()
    assert [each.version for each in world.listed()] == [1]
    assert len(world.base.jobs) == 1


def test_document_that_comes_back_has_the_next_version() -> None:
    world = World()
    world.files.put("a.md", "text")
    world.settle()
    world.delete("a.md")
    world.settle()
    assert not world.listed()
    world.files.put("a.md", "text")
    world.settle()
    assert [each.version for each in world.listed()] == [2]
    assert_settled(world)


def test_unreadable_document_says_why_until_it_can_be_read() -> None:
    world = World()
    world.base.unreadable.add("a.pdf")
    world.files.put("a.pdf", "broken")
    world.settle()
    [document] = world.listed()
    assert (document.state, document.reason) == (DocumentState.FAILED, "It cannot be read.")
    world.base.unreadable.clear()
    world.files.put("a.pdf", "whole")
    world.settle()
    [document] = world.listed()
    assert (document.state, document.reason) == (DocumentState.SEARCHABLE, None)


def test_document_is_kept_while_the_knowledge_base_has_it() -> None:
    world = World()
    world.files.put("a.md", "text")
    world.settle()
    world.base.kept = {"a.md": "text"}
    world.delete("a.md")
    world.settle()
    assert world.states() == {"a.md": "deleting"}
    assert [content for _, content in world.files.versions["a.md"]] == ["text", None]
    world.base.kept = {}
    world.requesting.request("s9", world.now)
    world.settle()
    assert_settled(world)


def test_requests_by_hand_share_the_sync_that_waits() -> None:
    world = World()
    first = world.requesting.request("s1", world.now)
    assert world.requesting.request("s2", world.now) == first == "s1"
    world.settle()
    assert [sync.sync_id for sync in world.syncs.past] == ["s1"]
    assert len(world.base.jobs) == 1


def test_sync_that_is_written_late_is_looked_after() -> None:
    world = World()

    def work(_: Point) -> None:
        world.work()

    world.boundaries.at, world.boundaries.happens = (3, "before"), work
    world.requesting.request("s1", world.now)
    assert [point.call for point in world.boundaries.points if point.phase == "before"][:3] == [
        "FakeSyncs.slots",
        "FakeMessages.look_after",
        "FakeSyncs.save",
    ]
    world.settle()
    assert [sync.sync_id for sync in world.syncs.past] == ["s1"]


@pytest.mark.parametrize(
    ("trouble", "waits"),
    [("throttled", AGAIN), ("foreign", AGAIN), ("refused", BACK_OFF), ("fails", BACK_OFF), ("hangs", STUCK_AFTER)],
)
def test_trouble_passes(trouble: str, waits: timedelta) -> None:
    world = World()
    world.base.troubles = [trouble]
    world.files.put("a.md", "text")
    world.settle()
    assert_settled(world)
    assert (Outcome.STUCK in world.outcomes) == (trouble == "hangs")
    assert waits <= world.base.starts[1] - world.base.starts[0] <= 2 * waits + timedelta(minutes=1)
    assert world.now - world.syncs.past[0].requested_at < STUCK_AFTER + timedelta(minutes=10)


def test_sync_is_given_up_and_the_next_one_goes_on() -> None:
    world = World()
    world.base.troubles = ["fails"] * MAX_ATTEMPTS
    world.files.put("a.md", "text")
    world.settle()
    [sync] = world.syncs.past
    assert (sync.state, sync.attempt, sync.reason) == (SyncState.FAILED, MAX_ATTEMPTS, "It broke.")
    [document] = world.listed()
    assert (document.state, document.reason) == (DocumentState.FAILED, "It broke.")
    assert world.outcomes.count(Outcome.FAILED) == 1
    world.requesting.request("s9", world.now)
    world.settle()
    assert_settled(world)


def journey(world: World) -> None:
    """Each kind of change, and a failed job."""
    world.files.put("a.md", "first")
    world.files.put("b.md", "first")
    world.base.troubles = ["throttled", "fails"]
    world.work(1)
    world.files.put("a.md", "second")
    world.settle()
    world.delete("b.md")
    world.work()
    world.files.put("c.md", "first")
    world.settle()


def points() -> list[Point]:
    boundaries = Boundaries()
    journey(World(boundaries))
    return boundaries.points


@pytest.mark.parametrize("forgets_tokens", [False, True])
def test_crash_at_every_call(*, forgets_tokens: bool) -> None:
    for point in points():
        world = World(Boundaries((point.number, point.phase), crash))
        world.base.forgets_tokens = forgets_tokens
        journey(world)
        assert world.boundaries.happened, point
        assert_settled(world)
        tokens = [job.token for job in world.base.jobs]
        assert len(tokens) == len(set(tokens)), f"a job was started twice: {point}"


def test_another_worker_at_every_call() -> None:
    """The queue has two workers."""
    for point in points():
        world = World()

        def work(_: Point, world: World = world) -> None:
            world.files.put("d.md", "meanwhile")
            world.work()

        world.boundaries.at, world.boundaries.happens = (point.number, point.phase), work
        journey(world)
        assert world.boundaries.happened, point
        assert_settled(world)


def test_upload_at_any_call_delays_nothing() -> None:
    def upload(world: World) -> World:
        world.files.put("a.md", "text")
        world.settle()
        return world

    for point in upload(World()).boundaries.points:
        world = World()

        def work(_: Point, world: World = world) -> None:
            world.files.put("b.md", "meanwhile")
            world.work()

        world.boundaries.at, world.boundaries.happens = (point.number, point.phase), work
        upload(world)
        assert world.boundaries.happened, point
        assert_settled(world)
        for sync in world.syncs.past:
            assert sync.started_at, point
            assert sync.ended_at, point
            assert sync.ended_at - sync.started_at < timedelta(minutes=1), point


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["put", "remove", "delete", "sync", "work", "work", "wait", "crash"]),
        st.sampled_from(["a.md", "b.md", "c.md"]),
        st.integers(0, 5),
    ),
    max_size=40,
)
TROUBLES = st.lists(st.sampled_from(["", "throttled", "foreign", "refused", "fails", "hangs"]), max_size=4)


@settings(max_examples=150)
@given(CHANGES, TROUBLES, st.sets(st.sampled_from(["a.md", "c.md"])), st.booleans(), st.randoms(use_true_random=False))
def test_whatever_happens_the_end_is_the_bucket(
    changes: list[tuple[str, str, int]],
    troubles: list[str],
    unreadable: set[str],
    forgets_tokens: bool,
    dice: random.Random,
) -> None:
    world = World()
    world.base.troubles, world.base.unreadable = troubles, unreadable
    world.base.forgets_tokens = forgets_tokens
    for kind, name, number in changes:
        world.shuffle(dice)
        with suppress(Killed):
            act(world, kind, name, number)
    world.boundaries.happens = None
    world.settle()
    assert_settled(world)


def act(world: World, kind: str, name: str, number: int) -> None:
    match kind:
        case "put":
            world.files.put(name, f"text {number}")
        case "remove" if name in world.files.contents:
            world.files.put(name, None)
        case "delete" if name in world.states():
            world.delete(name)
        case "sync":
            world.requesting.request(f"s{number}-{world.now}", world.now)
        case "work":
            world.work(1 + number)
        case "wait":
            world.now += timedelta(seconds=number * 7)
        case "crash":
            world.boundaries.at = (world.boundaries.calls + 1 + number, "before")
            world.boundaries.happens, world.boundaries.happened = crash, False


def crash(_: Point) -> None:
    raise Killed
