import json

from hypothesis import given
from hypothesis import strategies as st

from shared.event_streams.events import event_stream

FRAMES = st.lists(
    st.builds(
        lambda seq, text: {"type": "delta", "seq": seq, "text": text},
        st.integers(0, 10**9),
        st.text(st.characters(codec="utf-8")),
    ),
    min_size=1,
)


@given(FRAMES)
def test_event_stream_carries_every_frame_as_it_is(frames: list[dict[str, object]]) -> None:
    events = [event.split("\n") for event in event_stream(frames).split("\n\n")[1:-1]]

    assert [lines[0] for lines in events] == [f"id: {frame['seq']}" for frame in frames]
    assert [json.loads(lines[1].removeprefix("data: ")) for lines in events] == frames
    assert all(len(lines) == 2 for lines in events)


def test_stream_of_nothing_says_when_to_come_back() -> None:
    assert event_stream([]) == "retry: 100\n\n"
