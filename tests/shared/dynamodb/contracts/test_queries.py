"""What reading many items promises, kept by a store that is not ours."""

import pytest

from shared.dynamodb.records import put_many, select, select_page
from shared.dynamodb.scans import scan
from tests.shared.dynamodb.contracts.frames import FrameRecord, FramesByKind, FramesBySaid, content
from tests.shared.dynamodb.dynamodb_calls import cost_of

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator")]


@pytest.mark.parametrize("segments", [1, 4])
def test_scan_finds_every_item_once(frames: type[FrameRecord], run: str, segments: int) -> None:
    """Of 1.5 MB, which is more than a page."""
    put_many(frames, [frames(run, seq, text="x" * 60_000) for seq in range(25)])

    images = scan(frames, segments=segments)
    found = [frames.of_image(image) for image in images if image["runId"] == {"S": run}]

    assert sorted(record.seq for record in found) == list(range(25))
    assert {record.text for record in found} == {"x" * 60_000}


def test_query_reads_ranges_both_ways_and_no_more_than_its_limit(frames: type[FrameRecord], run: str) -> None:
    put_many(frames, [frames(run, seq) for seq in range(1, 60)])

    assert [record.seq for record in select(frames, run, FrameRecord.seq > 55)] == [56, 57, 58, 59]
    assert [record.seq for record in select(frames, run, newest_first=True, limit=2)] == [59, 58]
    assert [record.seq for record in select(frames, run, FrameRecord.seq.between(3, 5))] == [3, 4, 5]
    assert [record.seq for record in select(frames, run)] == list(range(1, 60))
    assert select(frames, run, FrameRecord.seq > 59) == []
    assert select(frames, run, limit=0) == []


def test_query_follows_pages_to_the_end(frames: type[FrameRecord], run: str) -> None:
    put_many(frames, [frames(run, seq, text="x" * 100_000) for seq in range(1, 25)])

    assert [record.seq for record in select(frames, run)] == list(range(1, 25))
    assert [record.seq for record in select(frames, run, limit=20)] == list(range(1, 21))
    assert [record.seq for record in select(frames, run, newest_first=True)] == list(range(24, 0, -1))
    assert len(select(frames, run, where=FrameRecord.text.startswith("x") & ~FrameRecord.kind.exists())) == 24
    assert [content(record) for record in select(frames, run, attributes=[FrameRecord.seq])] == [
        {"seq": seq} for seq in range(1, 25)
    ]


def test_filter_counts_towards_the_limit_only_what_passes(frames: type[FrameRecord], run: str) -> None:
    put_many(frames, [frames(run, seq, even=seq % 2 == 0) for seq in range(1, 11)])

    found = select(frames, run, where=FrameRecord.even == True, limit=3)  # noqa: E712  the attribute

    assert [record.seq for record in found] == [2, 4, 6]


def test_page_is_one_query_that_says_where_it_has_ended(frames: type[FrameRecord], run: str) -> None:
    put_many(frames, [frames(run, seq, even=seq % 2 == 0) for seq in range(1, 8)])

    newest, rest = select_page(frames, run, size=3, newest_first=True)
    assert ([record.seq for record in newest], rest) == ([7, 6, 5], 5)
    older, end = select_page(frames, run, FrameRecord.seq < rest, size=9, newest_first=True)
    assert ([record.seq for record in older], end) == ([4, 3, 2, 1], None)
    odd, looked_at = select_page(frames, run, size=3, where=FrameRecord.even == False)  # noqa: E712  the attribute
    assert ([record.seq for record in odd], looked_at) == ([1, 3], 3)
    assert select_page(frames, run, FrameRecord.seq > 7, size=3) == ([], None)


def test_page_is_of_one_megabyte_at_most(frames: type[FrameRecord], run: str) -> None:
    put_many(frames, [frames(run, seq, text="x" * 100_000) for seq in range(1, 25)])
    cost = cost_of(lambda: select_page(frames, run, size=20))
    records, rest = select_page(frames, run, size=20)
    assert (cost.calls, rest) == (["Query"], records[-1].seq)
    assert len(records) < 20


def test_indexes_are_read(frames: type[FrameRecord], run: str) -> None:
    put_many(frames, [frames(run, 1, kind=run, said="b"), frames(run, 2, said="a"), frames(run, 3, kind=run)])

    by_kind = select(frames.by_kind, run, newest_first=True, attributes=[FrameRecord.seq])
    by_said = select(frames.by_said, run, FramesBySaid.said >= "a", consistent=True)

    assert [content(record) for record in by_kind] == [{"seq": 3}, {"seq": 1}]
    assert [record.seq for record in select(frames.by_kind, run, FramesByKind.seq < 3)] == [1]
    assert [content(record) for record in by_said] == [
        {"seq": 2, "said": "a"},
        {"seq": 1, "kind": run, "said": "b"},
    ]


def test_many_items_are_read_in_the_order_of_their_keys(frames: type[FrameRecord], run: str) -> None:
    put_many(frames, [frames(run, seq) for seq in range(1, 131)])
    wanted = [3, 1, 500, 2, 3, *range(4, 131)]

    found = frames.find_many([(run, seq) for seq in wanted])

    assert [record.seq for record in found] == [seq for seq in wanted if seq != 500]
    assert frames.find_many([]) == []


def test_pages_of_many_items_are_read_to_the_end(frames: type[FrameRecord], run: str) -> None:
    """Of 18 MB, which is more than a batch may have; DynamoDB leaves the rest unread."""
    put_many(frames, [frames(run, seq, text="x" * 300_000) for seq in range(60)])

    found = frames.find_many([(run, seq) for seq in range(60)])

    assert [record.seq for record in found] == list(range(60))
