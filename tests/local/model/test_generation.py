import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st

from local.model.generation import Answer, Draft, Pace, collect, paced, pieces_of
from local.model.prompt import CallDelta, CallStart, End, Prompt, Start, Text, ToolCall
from tests.local.model.conversations import prompt

CALL = ToolCall("t1", "note", {"basis": ["interests"]})


def answer_of(draft: Draft, given_prompt: Prompt) -> Answer:
    return asyncio.run(collect(paced(pieces_of(draft, given_prompt), Pace()), given_prompt))


def test_an_answer_is_whole_without_limits() -> None:
    answer = answer_of(Draft("Hello Ada.", (CALL,)), prompt("Hi"))
    assert answer.blocks == [Text("Hello Ada."), CALL]
    assert answer.end.reason == "tool_use"


@given(st.text(min_size=1), st.integers(1, 30))
def test_max_tokens_cuts(text: str, limit: int) -> None:
    answer = answer_of(Draft(text), prompt("Hi", max_tokens=limit))
    (block,) = answer.blocks
    assert isinstance(block, Text)
    assert text.startswith(block.text)
    assert answer.end.output_tokens <= limit
    assert (answer.end.reason == "max_tokens") == (block.text != text)


def test_a_tool_call_that_is_cut_short_has_no_input() -> None:
    answer = answer_of(Draft("", (CALL,)), prompt("Hi", max_tokens=3))
    assert answer.blocks == [ToolCall("t1", "note", {})]
    assert answer.end.reason == "max_tokens"


def test_a_stop_sequence_ends_the_answer_before_it_and_before_tools() -> None:
    answer = answer_of(Draft("One. Two. Three.", (CALL,)), prompt("Hi", stop_sequences=("Three", "Two")))
    assert answer.blocks == [Text("One. ")]
    assert (answer.end.reason, answer.end.stop_sequence) == ("stop_sequence", "Two")


def test_pieces_are_start_then_blocks_then_end() -> None:
    pieces = pieces_of(Draft("Hello.", (CALL,)), prompt("Hi"))
    assert isinstance(pieces[0], Start)
    assert isinstance(pieces[-1], End)
    start = pieces.index(CallStart("t1", "note"))
    deltas = pieces[start + 1 : -1]
    assert json.loads("".join(delta.json for delta in deltas if isinstance(delta, CallDelta))) == CALL.input


def test_the_total_delay_can_be_limited() -> None:
    """Without the limit, each token would take 100 seconds."""
    slow = Pace(tokens_per_second=0.01, max_seconds=0)
    given_prompt = prompt("Hi")
    assert (
        asyncio.run(collect(paced(pieces_of(Draft("a b c d"), given_prompt), slow), given_prompt)).end.output_tokens
        == 4
    )
