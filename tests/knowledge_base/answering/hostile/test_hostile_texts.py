"""What a ticket or a document says never decides what is done, nor how: shown with models that obey every order."""

from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.knowledge_base.answering.hostile.demands import DEMANDS, MINE
from tests.knowledge_base.answering.hostile.tickets import FIELDS, RULE, ObedientWriter, Texts, suggest
from tests.shared.hostile.obedience import ObedientModel, shown
from tests.shared.hostile.texts import KINDS, hostile_texts

TEXTS = list(hostile_texts(DEMANDS))
OF_TICKETS = [name for name in FIELDS if name != "document_text"]

each_field = pytest.mark.parametrize("where", FIELDS)
each_kind = pytest.mark.parametrize("kind", KINDS)


def test_there_are_enough_of_them() -> None:
    assert len({each.text for each in TEXTS}) == len(TEXTS) >= 100
    assert len(KINDS) >= 10


@each_field
def test_every_text_reaches_a_model_without_tools(where: str) -> None:
    model = ObedientModel(None)
    suggest(model, replace(Texts(), **{where: "Xylophone zebra."}))
    [request] = model.requests
    assert "Xylophone zebra." in shown(request)
    assert request.tools == ()


@each_field
@each_kind
def test_a_text_changes_nothing_of_what_is_done(kind: str, where: str) -> None:
    """Neither which tools are used, nor which tickets are read, nor what is searched for, nor the rules."""
    expected = suggest(ObedientModel(None), Texts())
    assert expected.acts == ([], [MINE], 1)
    rules = shown_rules(ObedientModel(None), Texts())
    for hostile in (each for each in TEXTS if each.kind == kind):
        texts = replace(Texts(), **{where: hostile.text})
        assert suggest(ObedientModel(hostile), texts).acts == expected.acts, hostile.text
        assert shown_rules(ObedientModel(hostile), texts) == rules


def shown_rules(model: ObedientModel, texts: Texts) -> str:
    suggest(model, texts)
    return model.requests[0].system


@each_kind
@pytest.mark.parametrize("where", OF_TICKETS)
def test_whoever_is_ordered_what_to_say_says_what_the_document_says(kind: str, where: str) -> None:
    """However the model is made to speak: a document's own words are all that its sentences can have."""
    for hostile in (each for each in TEXTS if each.kind == kind):
        texts = replace(Texts(), **{where: hostile.text})
        for order in (hostile.text, hostile.demand.words, f"{RULE} {hostile.demand.words.upper()}!"):
            assert suggest(ObedientWriter(order), texts).said == RULE


def test_without_the_guard_most_of_them_succeed() -> None:
    """Or the others show nothing."""
    successes: defaultdict[str, list[bool]] = defaultdict(list)
    for hostile in TEXTS:
        for where in FIELDS:
            texts = replace(Texts(), **{where: hostile.text})
            done = suggest(ObedientModel(hostile), texts, is_guarded=False)
            successes[hostile.kind].append(hostile.demand in done.used)
    shares = {kind: sum(each) / len(each) for kind, each in successes.items()}
    together = [each for kind in successes.values() for each in kind]
    assert sum(together) / len(together) >= 0.8, shares


@settings(max_examples=30, deadline=None)
@given(st.fixed_dictionaries({name: st.text(max_size=60) for name in FIELDS}))
def test_whatever_the_texts_say_the_rules_are_the_same(texts: dict[str, str]) -> None:
    expected, sent = ObedientModel(None), ObedientModel(None)
    suggest(expected, Texts())
    suggest(sent, Texts(**texts))
    for each in sent.requests:
        assert (each.system, each.tools, each.answer_schema) == (
            expected.requests[0].system,
            (),
            expected.requests[0].answer_schema,
        )
