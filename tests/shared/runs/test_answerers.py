import pytest

from shared.runs.answerers import Answerers
from tests.shared.runs.fake_runs import FakeAnswerer


def test_each_answerer_is_made_once_and_only_where_a_run_of_its_kind_comes() -> None:
    made: list[str] = []

    def make(kind: str) -> FakeAnswerer:
        made.append(kind)
        return FakeAnswerer()

    answerers = Answerers({"agent": lambda: make("agent"), "article": lambda: make("article")})
    assert answerers.of("agent") is answerers.of("agent")
    assert made == ["agent"]


def test_a_kind_that_is_not_registered_has_none() -> None:
    with pytest.raises(KeyError):
        Answerers({}).of("agent")
