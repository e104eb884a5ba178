from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.model.capabilities import find_model
from local.model.validation import check_converse
from shared.models.bedrock import _content
from shared.models.model import Message, ToolCall, ToolResult
from shared.models.transcripts import conversation, estimated_tokens, estimated_tokens_of, repaired

MODEL = find_model("us.anthropic.claude-sonnet-4-6")
LOTS = 10**9

texts = st.text(max_size=12)
ids = st.sampled_from(["t1", "t2", "t3"])
calls = st.lists(st.builds(ToolCall, ids, st.just("look_up"), st.just({"query": "x"})), max_size=2).map(tuple)
results = st.lists(st.builds(ToolResult, ids, texts), max_size=2).map(tuple)
anything = st.lists(st.builds(Message, st.sampled_from(["user", "assistant"]), texts, calls, results), max_size=12)


@st.composite
def exchanges(draw: st.DrawFn) -> tuple[Message, ...]:
    """A question, perhaps some calls with their results, and an answer."""
    words = st.text(min_size=1, max_size=12).filter(str.strip)
    messages = [Message("user", draw(words))]
    for round_ in range(draw(st.integers(0, 2))):
        made = tuple(ToolCall(f"t{round_}{n}", "look_up", {"n": n}) for n in range(draw(st.integers(1, 2))))
        messages.append(Message("assistant", draw(st.just("") | words), tool_calls=made))
        found = tuple(ToolResult(call.call_id, draw(texts)) for call in made)
        messages.append(Message("user", "", tool_results=found))
    return (*messages, Message("assistant", draw(words)))


transcripts = st.lists(exchanges(), max_size=6).map(lambda all_: tuple(each for one in all_ for each in one))


def is_accepted(messages: Sequence[Message]) -> bool:
    """Whether Converse takes them, as its stand-in decides."""
    body = {"messages": [{"role": message.role, "content": _content(message)} for message in messages]}
    check_converse(body | {"toolConfig": {"tools": [TOOL]}}, MODEL)
    return True


TOOL = {"toolSpec": {"name": "look_up", "inputSchema": {"json": {"type": "object"}}}}


def user(text: str, *results: ToolResult) -> Message:
    return Message("user", text, tool_results=results)


def assistant(text: str, *calls: ToolCall) -> Message:
    return Message("assistant", text, tool_calls=calls)


CALL, RESULT = ToolCall("t1", "look_up", {"query": "x"}), ToolResult("t1", "found")


# --- Repair


@given(anything)
def test_whatever_there_is_becomes_what_a_model_accepts(messages: list[Message]) -> None:
    sound = repaired(messages)

    assert not sound or is_accepted(sound)


@given(anything)
def test_what_was_repaired_once_stays_so(messages: list[Message]) -> None:
    once = repaired(messages)

    assert repaired(once) == once


@given(transcripts)
def test_what_is_accepted_already_stays_as_it_is(transcript: tuple[Message, ...]) -> None:
    assert repaired(transcript) == transcript


@given(transcripts, st.integers(0, 40), st.integers(0, 40))
def test_any_part_of_a_transcript_becomes_what_a_model_accepts(
    transcript: tuple[Message, ...], start: int, end: int
) -> None:
    sound = repaired(transcript[start:end])

    assert not sound or is_accepted(sound)


@given(transcripts, transcripts, st.data())
def test_two_transcripts_in_any_order_become_what_a_model_accepts(
    one: tuple[Message, ...], other: tuple[Message, ...], data: st.DataObject
) -> None:
    turns = data.draw(st.permutations([0] * len(one) + [1] * len(other)))
    sources = iter(one), iter(other)

    sound = repaired(next(sources[turn]) for turn in turns)

    assert not sound or is_accepted(sound)


@pytest.mark.parametrize(
    ("broken", "sound"),
    [
        ([assistant("Hello!"), user("Hi")], [user("Hi")]),
        ([user("one?"), user("two?")], [user("two?")]),
        ([user("one?"), assistant("  "), user("two?")], [user("two?")]),
        ([user("a?"), assistant("A,"), assistant("and B.")], [user("a?"), assistant("A,\n\nand B.")]),
        ([user("a?"), assistant("Wait.", CALL), user("b?")], [user("a?"), assistant("Wait."), user("b?")]),
        ([user("a?"), assistant("", CALL), user("b?")], [user("b?")]),
        ([user("a?"), assistant("A.", CALL)], [user("a?"), assistant("A.")]),
        ([user("a?", RESULT), assistant("A.")], [user("a?"), assistant("A.")]),
        ([user("", RESULT), assistant("A.")], []),
        (
            [user("a?"), assistant("", CALL, CALL), user("", RESULT)],
            [user("a?"), assistant("", CALL), user("", RESULT)],
        ),
        ([user("a?"), assistant("", CALL), user("", RESULT), user("b?")], [user("b?")]),
    ],
    ids=[
        "begins with the assistant",
        "was not answered",
        "was answered with nothing",
        "was answered twice",
        "call without result",
        "nothing but a call without result",
        "ends with a call",
        "result without call",
        "nothing but a result without call",
        "call twice",
        "results that were never answered",
    ],
)
def test_what_is_broken_is_left_out_and_no_more(broken: list[Message], sound: list[Message]) -> None:
    assert repaired(broken) == tuple(sound)


# --- Limits


@given(transcripts, st.integers(0, 400), st.integers(0, 20))
def test_conversation_keeps_to_its_limits_and_ends_with_the_question(
    history: tuple[Message, ...], tokens: int, messages: int
) -> None:
    messages_sent = conversation(history, "And now?", max_tokens=tokens, max_messages=messages)

    assert is_accepted(messages_sent)
    assert messages_sent[-1] == user("And now?")
    assert len(messages_sent) - 1 <= messages
    assert len(messages_sent) == 1 or sum(map(estimated_tokens_of, messages_sent)) <= tokens


@given(transcripts)
def test_what_fits_is_sent_as_it_was(history: tuple[Message, ...]) -> None:
    messages_sent = conversation(history, "And now?", max_tokens=LOTS)

    assert messages_sent == (*history, user("And now?"))


@given(transcripts, st.integers(0, 400), st.integers(0, 20))
def test_newest_whole_exchanges_stay(history: tuple[Message, ...], tokens: int, messages: int) -> None:
    *kept, messages_sent = conversation(history, "And now?", max_tokens=tokens, max_messages=messages)

    assert tuple(kept) == history[len(history) - len(kept) :]
    before = history[: len(history) - len(kept)]
    starts = [at for at, message in enumerate(before) if message.text and message.role == "user"]
    if starts:  # one exchange more would have been too much
        more = (*before[starts[-1] :], *kept)
        assert len(more) > messages or sum(map(estimated_tokens_of, (*more, messages_sent))) > tokens


def test_fifty_messages_are_remembered_by_default() -> None:
    history = [message for n in range(40) for message in (user(f"{n}?"), assistant(f"{n}."))]

    messages_sent = conversation(history, "And now?", max_tokens=LOTS)

    assert messages_sent[:-1] == tuple(history[-50:])


def test_question_is_sent_however_long_it_is() -> None:
    messages_sent = conversation([user("a?"), assistant("A.")], "x" * 1000, max_tokens=10)

    assert messages_sent == (user("x" * 1000),)


def test_question_without_an_answer_is_not_sent_twice() -> None:
    messages_sent = conversation([user("a?"), assistant("A."), user("b?")], "b?", max_tokens=LOTS)

    assert messages_sent == (user("a?"), assistant("A."), user("b?"))


# --- Estimates


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("abc", 1), ("abcd", 2), ("привет", 6), ("山田", 3), ("🙂", 2), ("\ud800", 2)]
)
def test_tokens_are_estimated_by_script(text: str, tokens: int) -> None:
    assert estimated_tokens(text) == tokens


@given(st.text(), st.text())
def test_longer_texts_never_have_fewer_tokens(one: str, other: str) -> None:
    both = estimated_tokens(one + other)

    assert max(estimated_tokens(one), estimated_tokens(other)) <= both
    assert both <= estimated_tokens(one) + estimated_tokens(other)


def test_calls_and_results_count() -> None:
    bare = estimated_tokens_of(assistant("A."))

    assert estimated_tokens_of(assistant("A.", CALL)) > bare
    assert estimated_tokens_of(user("", RESULT)) > estimated_tokens_of(user(""))


def test_roles_alternate_in_every_sample() -> None:
    sound = repaired([user("a?"), assistant("A."), assistant("B."), user("c?"), user("d?")])

    assert all(one.role != other.role for one, other in pairwise(sound))
