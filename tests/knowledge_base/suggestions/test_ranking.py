from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.suggestions.domain.ranking import Tally, ranked
from tests.knowledge_base.suggestions.fakes import a_passage

counts = st.integers(min_value=0, max_value=10_000)
tallies = st.builds(Tally, counts, counts)


def test_without_votes_the_nearest_comes_first() -> None:
    near, far, alike = a_passage("near", score=0.9), a_passage("far", score=0.1), a_passage("alike", score=0.9)
    assert ranked([far, near, alike], {}, 2) == (near, alike)


def test_votes_move_a_passage_up_or_down() -> None:
    first, second = a_passage("first", score=0.50), a_passage("second", score=0.45)
    assert ranked([first, second], {second.passage_id: Tally(helpful=1)}, 2) == (second, first)
    assert ranked([first, second], {first.passage_id: Tally(unhelpful=1)}, 2) == (second, first)


@given(tallies)
def test_a_weight_is_between_0_and_2_and_a_vote_moves_it_its_own_way(tally: Tally) -> None:
    assert 0 < tally.weight < 2
    assert Tally(tally.helpful + 1, tally.unhelpful).weight > tally.weight
    assert Tally(tally.helpful, tally.unhelpful + 1).weight < tally.weight


@given(counts)
def test_even_votes_change_nothing(count: int) -> None:
    assert Tally(count, count).weight == 1


@given(st.lists(st.tuples(st.text(min_size=1), st.floats(-1, 1), tallies), unique_by=lambda each: each[0], max_size=9))
def test_ranking_keeps_everything_and_scores_as_they_are(given_: list[tuple[str, float, Tally]]) -> None:
    passages = [a_passage(text, score=score) for text, score, _ in given_]
    votes = {passage.passage_id: tally for passage, (_, _, tally) in zip(passages, given_, strict=True)}
    found = ranked(passages, votes, len(passages))
    assert sorted(found, key=lambda each: each.text) == sorted(passages, key=lambda each: each.text)
    weights = [max(each.score, 0) * votes[each.passage_id].weight for each in found]
    assert weights == sorted(weights, reverse=True)
