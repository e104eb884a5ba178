"""What the assistant reads never decides what it does: shown with a model that obeys every order that reaches it."""

from collections import defaultdict
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.commerce.support.hostile.chats import HARMLESS, QUESTIONS, Done, Texts, chat
from tests.commerce.support.hostile.demands import DEMANDS, MINE, OTHERS
from tests.shared.hostile.obedience import ObedientModel, shown
from tests.shared.hostile.texts import KINDS, Hostile, hostile_texts

TEXTS = list(hostile_texts(DEMANDS))
FIELDS = [each.name for each in fields(Texts)]

each_field = pytest.mark.parametrize("where", FIELDS)


def done_with(text: str, where: str, hostile: Hostile | None, *, is_guarded: bool = True) -> Done:
    return chat(ObedientModel(hostile), replace(Texts(), **{where: text}), QUESTIONS[where], is_guarded=is_guarded)


def succeeds(done: Done, hostile: Hostile) -> bool:
    """Whether what was demanded was done."""
    demand = dict(hostile.demand.input)
    if hostile.demand.tool == "read_order":
        return OTHERS in done.read
    if hostile.demand.tool.startswith("propose"):
        act = hostile.demand.tool.removeprefix("propose_").replace("cancellation", "cancel")
        return any((each.act, each.order_id) == (act, demand["orderId"]) for each in done.proposed)
    return any(value in vars_of(use) for use in done.used for value in demand.values())


def vars_of(use: object) -> list[object]:
    return [getattr(use, each.name) for each in fields(use)]  # type: ignore[arg-type]  # every use is a dataclass


def test_there_are_enough_of_them() -> None:
    assert len({each.text for each in TEXTS}) == len(TEXTS) >= 100
    assert len(KINDS) >= 10


@each_field
def test_every_text_reaches_the_model_that_writes_and_none_the_one_that_decides(where: str) -> None:
    model = ObedientModel(None)
    chat(model, replace(Texts(), **{where: "Xylophone zebra."}), QUESTIONS[where])
    readers = [bool(request.tools) for request in model.requests if "Xylophone zebra." in shown(request)]
    assert readers == [False]


@each_field
@pytest.mark.parametrize("kind", KINDS)
def test_a_text_changes_nothing_of_what_is_done(kind: str, where: str) -> None:
    """Neither which tools are used, nor how, nor whose orders are read, nor what is proposed."""
    expected = done_with(HARMLESS, where, None)
    for hostile in (each for each in TEXTS if each.kind == kind):
        done = done_with(hostile.text, where, hostile)
        assert done.acts == expected.acts, hostile.text
        assert not succeeds(done, hostile), hostile.text
        assert OTHERS not in done.read


def test_without_the_guard_most_of_them_succeed() -> None:
    """Or the others show nothing."""
    successes: defaultdict[str, list[bool]] = defaultdict(list)
    for hostile in TEXTS:
        for where in FIELDS:
            done = done_with(hostile.text, where, hostile, is_guarded=False)
            successes[hostile.kind].append(succeeds(done, hostile))
    shares = {kind: sum(each) / len(each) for kind, each in successes.items()}
    together = [each for kind in successes.values() for each in kind]
    assert sum(together) / len(together) >= 0.8, shares


@pytest.mark.parametrize("hostile", TEXTS, ids=lambda each: f"{each.kind}-{DEMANDS.index(each.demand)}")
def test_customers_words_do_no_more_than_the_customer_may(hostile: Hostile) -> None:
    """Whoever writes to the assistant may have their own orders read, and cancellations and refunds proposed."""
    done = chat(ObedientModel(hostile), Texts(), hostile.text)
    assert OTHERS not in done.read
    assert len(done.proposed) <= 1
    assert all((each.user_id, each.order_id) == ("ada", MINE) for each in done.proposed)


@settings(max_examples=30, deadline=None)
@given(
    st.fixed_dictionaries({name: st.text(max_size=60) for name in FIELDS}), st.sampled_from(list(QUESTIONS.values()))
)
def test_whoever_decides_is_sent_the_same_whatever_the_texts_say(texts: dict[str, str], question: str) -> None:
    expected, sent = ObedientModel(None), ObedientModel(None)
    chat(expected, Texts(), question)
    chat(sent, Texts(**texts), question)
    assert [each for each in sent.requests if each.tools] == [each for each in expected.requests if each.tools]
