from datetime import UTC, datetime, timedelta

import pytest

from knowledge_base.answering.domain.gaps import GAP_LIFE, Gap
from knowledge_base.answering.handlers.gaps import handler
from shared.json.encoding import rfc3339
from tests.knowledge_base.answering.fakes import Stage
from tests.knowledge_base.calls import ADA, call

pytestmark = pytest.mark.usefixtures("edge")


def test_gaps_are_listed_those_that_mean_the_same_together(stage: Stage) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    gaps = [
        Gap("t1", "ada", "Do you sell lamps?", now, (1.0, 0.0)),
        Gap("t2", "ada", "Where is the museum?", now, (0.0, 1.0)),
        Gap("t3", "ada", "Are there lamps?", now + timedelta(minutes=1), (1.0, 0.0)),
        Gap("t4", "ada", "Who was here before?", now - GAP_LIFE, (0.0, 1.0)),
    ]
    stage.gaps.kept = {gap.ticket_id: gap for gap in gaps}
    status, answer = call(handler, "GET /kb/gaps")
    assert status == 200
    assert [(each["question"], each["count"], each["examples"]) for each in answer["items"]] == [
        ("Do you sell lamps?", 2, ["Are there lamps?"]),
        ("Where is the museum?", 1, []),
    ]
    assert answer["items"][0]["lastAt"] == rfc3339(gaps[2].requested_at)


def test_gaps_are_listed_page_by_page(stage: Stage) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    vectors = [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.0, 0.0, 1.0)]
    gaps = [Gap(f"t{number}", "ada", f"Question {number}?", now, vector) for number, vector in enumerate(vectors)]
    stage.gaps.kept = {gap.ticket_id: gap for gap in gaps}
    first = call(handler, "GET /kb/gaps", query={"limit": "2"})[1]
    assert [each["count"] for each in first["items"]] == [2, 1]
    second = call(handler, "GET /kb/gaps", query={"limit": "2", "cursor": first["nextCursor"]})[1]
    questions = [each["question"] for each in [*first["items"], *second["items"]]]
    assert (questions[1:], second["nextCursor"]) == (["Question 1?", "Question 0?"], None)


@pytest.mark.usefixtures("stage")
def test_gaps_are_for_staff() -> None:
    assert call(handler, "GET /kb/gaps", claims=ADA)[0] == 403
