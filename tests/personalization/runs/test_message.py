import pytest

from personalization.runs import wiring
from personalization.runs.handlers.message import handler
from tests.personalization.runs.fakes import Live
from tests.shared.sockets.message_contract import MessageContract, Say, said_to


@pytest.fixture
def say(stage: Live, monkeypatch: pytest.MonkeyPatch) -> Say:
    return said_to(handler, wiring, stage, monkeypatch)


class TestMessage(MessageContract): ...


# --- Articles


def article(**changes: object) -> dict[str, object]:
    return {"projectId": "p1", "sessionId": "mine", "article": "Screening saves lives."} | changes


def test_an_article_is_accepted_as_over_http(stage: Live, say: Say) -> None:
    (accepted,) = say(**article())
    assert accepted == {"type": "accepted", "runId": accepted["runId"], "sessionId": "mine"}
    run = stage.log.runs[accepted["runId"]]
    assert (run.kind, run.user_id, run.subject, run.followers) == ("article", "ada", "p1", {"c1": 0})
    assert run.request["cards"] == ["card-1@3"]
    assert stage.queue.put_runs == [run.run_id]


def test_editors_send_an_article_to_a_draft_and_viewers_do_not(stage: Live, say: Say) -> None:
    (accepted,) = say(**article(label="latest"))
    assert stage.log.runs[accepted["runId"]].request["cards"] == ["card-1@4"]
    (refused,) = say(user_id="bob", **article(label="latest"))
    assert (refused["type"], refused["status"]) == ("error", 403)


@pytest.mark.parametrize(
    ("message", "status", "fields"),
    [
        (article(article=""), 422, ["article"]),
        (article(article=None), 422, ["article"]),
        (article(projectId="p 1"), 422, ["projectId"]),
        (article(sessionId="no spaces"), 422, ["sessionId"]),
        (article(variables={"tone": "warm"}), 422, ["variables.tone"]),
        (article(versions={"card-1": 9}), 422, ["versions.card-1"]),
        (article(input="Hi"), 422, ["input"]),
        ({"article": "Screening saves lives."}, 422, ["sessionId", "projectId"]),
        ({"projectId": "p1", "sessionId": "mine", "input": "Hi"}, 422, ["article", "input"]),
        (article(projectId="p9"), 404, []),
    ],
)
def test_an_article_that_cannot_be_taken_gets_an_error_frame(
    stage: Live, say: Say, message: dict[str, object], status: int, fields: list[str]
) -> None:
    (answer,) = say(**message)
    assert (answer["type"], answer["status"]) == ("error", status)
    assert sorted(error.field for error in answer.get("errors", ())) == sorted(fields)
    assert stage.queue.put_runs == []


def test_an_article_that_comes_again_follows_the_first_run(stage: Live, say: Say) -> None:
    (first,) = say(**article(messageId="m1"))
    stage.say("A head", "line", run_id=first["runId"])
    again, *frames = say(**article(messageId="m1"))
    assert again == first
    assert [frame["seq"] for frame in frames] == [1, 2]
    assert stage.queue.put_runs == [first["runId"]]


@pytest.mark.parametrize("changed", [{"article": "Another."}, {"label": "latest"}, {"sessionId": "other"}])
def test_another_article_under_the_same_id_is_refused(stage: Live, say: Say, changed: dict[str, object]) -> None:
    say(**article(messageId="m1"))
    (refusal,) = say(**article(messageId="m1", **changed))
    assert (refusal["status"], [error.field for error in refusal["errors"]]) == (422, ["messageId"])
    assert len(stage.queue.put_runs) == 1
