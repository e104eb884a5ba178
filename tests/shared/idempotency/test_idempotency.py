from datetime import UTC, datetime, timedelta

import pytest

from shared.errors import Conflict, Invalid, NotFound, TooManyRequests, Unavailable
from shared.idempotency.claims import KEPT, Claim, FirstAnswer, KeyInUse, claim_of, once

NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
CLAIM = Claim("record-1", "request-1")


class Answers:
    """First answers in memory, and how often they were looked for."""

    def __init__(self, *answers: FirstAnswer) -> None:
        self.by_id = {answer.record_id: answer for answer in answers}
        self.looked = 0

    def find(self, record_id: str, now: datetime) -> FirstAnswer | None:
        self.looked += 1
        answer = self.by_id.get(record_id)
        return answer if answer and answer.expires_at > now else None


def claim(
    caller: str = "ada", route: str = "POST /donations", key: str | None = "key-1", content: object = None
) -> Claim | None:
    return claim_of(caller, route, key, content)


def refuse(error: Exception) -> object:
    raise error


def test_first_request_is_answered_by_its_effect_without_a_look() -> None:
    answers = Answers()

    assert once(CLAIM, answers, NOW, lambda: "done") == "done"
    assert answers.looked == 0


def test_loser_of_a_race_gets_the_winners_answer() -> None:
    answers = Answers(CLAIM.answered({"a": [1, "ä"]}, NOW))

    assert once(CLAIM, answers, NOW, lambda: refuse(KeyInUse())) == {"a": [1, "ä"]}


def test_refusal_that_the_first_request_brought_about_is_not_its_answer() -> None:
    answers = Answers(CLAIM.answered("first", NOW))

    assert once(CLAIM, answers, NOW, lambda: refuse(Conflict("refunded already"))) == "first"


def test_refusal_of_a_first_request_stands() -> None:
    with pytest.raises(NotFound):
        once(CLAIM, Answers(), NOW, lambda: refuse(NotFound("not there")))


def test_key_whose_first_request_still_runs_is_a_conflict() -> None:
    with pytest.raises(Conflict, match="still running"):
        once(CLAIM, Answers(), NOW, lambda: refuse(KeyInUse()))


def test_other_request_under_the_key_is_refused() -> None:
    answers = Answers(CLAIM.answered("first", NOW))

    with pytest.raises(Invalid) as error:
        once(Claim("record-1", "request-2"), answers, NOW, lambda: refuse(KeyInUse()))
    assert [each.field for each in error.value.errors] == ["Idempotency-Key"]


def test_answer_is_forgotten_after_a_day() -> None:
    answers = Answers(CLAIM.answered("first", NOW))

    assert timedelta(hours=24) == KEPT
    with pytest.raises(KeyInUse):
        once(CLAIM, answers, NOW + KEPT, lambda: refuse(KeyInUse()))


def test_store_that_is_out_of_reach_is_not_called_again() -> None:
    answers = Answers(CLAIM.answered("first", NOW))

    with pytest.raises(Unavailable):
        once(CLAIM, answers, NOW, lambda: refuse(Unavailable("busy")))
    assert answers.looked == 0


def test_a_repetition_gets_its_answer_where_the_first_request_has_used_up_what_both_ask_for() -> None:
    answers = Answers(CLAIM.answered("first", NOW))
    spent = TooManyRequests("The tokens of today are used up.", retry_after_seconds=60)

    assert once(CLAIM, answers, NOW, lambda: refuse(spent)) == "first"
    with pytest.raises(TooManyRequests):
        once(CLAIM, Answers(), NOW, lambda: refuse(spent))


def test_without_a_key_every_request_is_the_first() -> None:
    answers = Answers()

    assert once(None, answers, NOW, lambda: "done") == "done"
    with pytest.raises(Conflict):
        once(None, answers, NOW, lambda: refuse(Conflict("no")))
    assert answers.looked == 0


def test_claims_differ_by_caller_route_and_key() -> None:
    claims = [
        claim(),
        claim(caller="bob"),
        claim(route="POST /checkout"),
        claim(key="key-2"),
        claim("ad", "aPOST /donations"),
    ]

    assert len({each.record_id for each in claims if each}) == len(claims)


def test_equal_json_is_the_same_request_in_whatever_order() -> None:
    assert claim(content={"a": 1, "b": [1, 2]}) == claim(content={"b": [1, 2], "a": 1})
    assert claim(content={"a": 1}) != claim(content={"a": "1"})
    assert claim(content={"a": [1, 2]}) != claim(content={"a": [2, 1]})
    assert claim(content=1) != claim(content=True)


def test_request_without_a_key_claims_nothing() -> None:
    assert claim(key=None) is None
