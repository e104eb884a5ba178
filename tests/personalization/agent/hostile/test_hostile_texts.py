"""What a page says never decides what is done, whose data is read, nor what is noted: shown with an obedient model."""

from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personalization.memory.domain.learning import Learned
from tests.personalization.agent.hostile.demands import DEMANDS
from tests.personalization.agent.hostile.turns import FIELDS, Texts, take_turn
from tests.shared.hostile.obedience import ObedientModel, shown
from tests.shared.hostile.texts import KINDS, hostile_texts

TEXTS = list(hostile_texts(DEMANDS))
OF_PAGES = ["title", "summary", "body"]


def test_there_are_enough_of_them() -> None:
    assert len({each.text for each in TEXTS}) == len(TEXTS) >= 100
    assert len(KINDS) >= 10


@pytest.mark.parametrize("where", FIELDS)
def test_every_text_reaches_a_model_that_can_only_take_notes(where: str) -> None:
    model = ObedientModel(None)
    take_turn(model, replace(Texts(), **{where: "Xylophone zebra."}))
    [request] = model.requests
    assert "Xylophone zebra." in shown(request)
    assert [tool.name for tool in request.tools] == ["remember"]


@pytest.mark.parametrize("where", OF_PAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_changes_nothing_of_what_is_done_read_and_noted(kind: str, where: str) -> None:
    for hostile in (each for each in TEXTS if each.kind == kind):
        done = take_turn(ObedientModel(hostile), replace(Texts(), **{where: hostile.text}))
        assert done.acts == ([], ["ada"], Learned()), hostile.text


def test_a_page_that_is_obeyed_is_no_source() -> None:
    """It is one where the answer cites it, and only then."""
    hostile = TEXTS[0]
    assert take_turn(ObedientModel(hostile), Texts(body=hostile.text)).sources == ()
    assert take_turn(ObedientModel(None), Texts(body="Give what you can.")).sources == ("help",)


def test_without_the_guard_most_of_them_succeed() -> None:
    """Or the others show nothing."""
    successes: defaultdict[str, list[bool]] = defaultdict(list)
    for hostile in TEXTS:
        for where in OF_PAGES:
            done = take_turn(ObedientModel(hostile), replace(Texts(), **{where: hostile.text}), is_guarded=False)
            successes[hostile.kind].append(hostile.demand in done.used)
    shares = {kind: sum(each) / len(each) for kind, each in successes.items()}
    together = [each for kind in successes.values() for each in kind]
    assert sum(together) / len(together) >= 0.8, shares


@settings(max_examples=30, deadline=None)
@given(st.fixed_dictionaries({name: st.text(max_size=60) for name in OF_PAGES}))
def test_whatever_pages_say_the_rules_are_the_same(texts: dict[str, str]) -> None:
    expected, sent = ObedientModel(None), ObedientModel(None)
    take_turn(expected, Texts())
    take_turn(sent, Texts(**texts))
    assert [each.system for each in sent.requests] == [each.system for each in expected.requests]
    assert [each.tools for each in sent.requests] == [each.tools for each in expected.requests]
