from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from knowledge_base.answering.domain.citing import Claim
from knowledge_base.answering.domain.conversations import Conversation, Said
from knowledge_base.answering.domain.replying import MAX_SENTENCES
from shared.dynamodb.transactions import Transaction
from shared.errors import NotFound, Unavailable
from shared.models.model import ModelBusy
from shared.persistence.unit_of_work import WriteRefused
from shared.resilience.deadline import Deadline
from shared.runs.run import Ending, Run
from tests.knowledge_base.answering.fakes import ANSWER, CONVERSATION, GIFTS, RETURNS, Stage
from tests.knowledge_base.suggestions.fakes import NOW, a_passage

KEEP = Claim("Please keep the receipt.", 1, "Keep the receipt, which has the order's number.")
MADE_UP = Claim("You can return goods within 60 days.", 1, "Goods can be returned within 60 days.")


def a_run(stage: Stage, ticket_id: str = "t1") -> Run:
    return stage.keep(subject=ticket_id)


def answered(stage: Stage, ticket_id: str = "t1") -> tuple[str, Ending]:
    """What is said, and the end of it, with its writes."""
    run = a_run(stage, ticket_id)
    text = "".join(str(piece) for piece in stage.reply_answerer.pieces(run))
    ending = stage.reply_answerer.ending(run, text, "done")
    ending.write(Transaction())
    return text, ending


def test_a_reply_says_only_what_is_cited() -> None:
    stage = Stage(said=[ANSWER, MADE_UP, KEEP, KEEP])
    text, ending = answered(stage)
    assert text == "You can return goods within 30 days. Please keep the receipt."
    assert ending.extra["usage"] == {"inputTokens": 200, "outputTokens": 30}
    assert ending.extra["citations"] == [
        {
            "sentence": claim.sentence,
            "documentId": "returns",
            "title": "Returns",
            "version": 1,
            "quote": claim.quote,
        }
        for claim in (ANSWER, KEEP)
    ]
    assert "".join(f" {each['sentence']}" for each in ending.extra["citations"]).strip() == text


@pytest.mark.parametrize("said", [[], [MADE_UP], [Claim("Yes.", 9, "Goods can be returned within 30 days.")]])
def test_without_a_citation_it_is_a_gap(said: list[Claim]) -> None:
    stage = Stage(said=said)
    text, ending = answered(stage)
    assert (text, ending.extra["gap"]) == ("", True)
    assert "citations" not in ending.extra
    kept = stage.gaps.kept["t1"]
    assert (kept.question, kept.vector) == ("A lamp How long can I return it?", (1.0, 0.0))


def test_where_nothing_is_found_the_model_is_not_called() -> None:
    stage = Stage()
    stage.shelf.library.sources.clear()
    assert answered(stage)[1].extra == {"usage": {"inputTokens": 0, "outputTokens": 0}, "gap": True}
    assert stage.writer.requests == []


def test_a_gap_that_is_answered_later_is_none_any_more() -> None:
    stage = Stage(said=[])
    answered(stage)
    stage.writer.said = [ANSWER]
    answered(stage)
    assert stage.gaps.kept == {}


def test_a_gap_is_kept_where_it_cannot_be_embedded() -> None:
    stage = Stage(said=[])
    stage.embeddings.outcome = Unavailable("Bedrock is busy.")
    answered(stage)
    assert stage.gaps.kept["t1"].vector == ()


def test_of_whoever_was_erased_meanwhile_no_question_is_kept() -> None:
    stage = Stage(said=[])
    run = a_run(stage)
    list(stage.reply_answerer.pieces(run))
    ending = stage.reply_answerer.ending(run, "", "done")
    stage.gaps.erased.add("ada")
    with pytest.raises(WriteRefused):
        ending.write(Transaction())
    again = stage.reply_answerer.ending(run, "", "done")  # as whoever ends the run does then
    again.write(Transaction())
    assert (again.extra["gap"], stage.gaps.kept) == (True, {})


def test_only_this_ticket_is_read_and_what_it_asks_is_looked_up() -> None:
    said = [Said("customer", f"{number}?") for number in range(8)]
    said.insert(7, Said("staff", "Hello Ada"))
    stage = Stage()
    stage.conversations.by_id["t1"] = Conversation("t1", "ada", "A lamp", tuple(said))
    answered(stage)
    assert stage.conversations.read == ["t1"]
    assert stage.shelf.library.questions == ["A lamp\n\n7?\n\n6?\n\n5?\n\n4?\n\n3?"]


def test_what_staff_found_helpful_is_read_first() -> None:
    stage = Stage()
    stage.shelf.suggested()
    for ticket in ("t1", "t2", "t3"):
        stage.shelf.votes.cast(GIFTS.passage_id, ticket, NOW, helpful=True)
    answered(stage)
    assert stage.writer.requests == [(CONVERSATION, (GIFTS, RETURNS))]


def test_a_reply_is_no_longer_than_somebody_reads() -> None:
    passage = a_passage(" ".join(f"Rule {number} is good." for number in range(20)))
    stage = Stage(passage, said=[Claim(f"Rule {n} is good.", 1, f"Rule {n} is good.") for n in range(20)])
    assert len(answered(stage)[1].extra["citations"]) == MAX_SENTENCES


def test_a_ticket_that_is_gone_is_not_answered() -> None:
    stage = Stage()
    with pytest.raises(NotFound):
        answered(stage, "gone")


def test_a_model_that_breaks_off_notes_nothing() -> None:
    stage = Stage(said=[ANSWER, ModelBusy()])
    run = a_run(stage)
    with pytest.raises(ModelBusy):
        list(stage.reply_answerer.pieces(run))
    ending = stage.reply_answerer.ending(run, ANSWER.sentence, "failed")
    ending.write(Transaction())
    assert (ending.extra, stage.gaps.kept, stage.shelf.uses.noted) == ({}, {}, {})


@pytest.mark.parametrize("outcome", ["stopped", "failed"])
def test_of_a_reply_that_was_not_finished_nothing_is_noted(outcome: str) -> None:
    stage = Stage(said=[])
    run = a_run(stage)
    list(stage.reply_answerer.pieces(run))
    ending = stage.reply_answerer.ending(run, "", outcome)  # type: ignore[arg-type]
    ending.write(Transaction())
    assert (ending.extra, stage.gaps.kept) == ({}, {})


def test_the_end_of_another_workers_run_has_none_of_ours() -> None:
    stage = Stage(said=[])
    list(stage.reply_answerer.pieces(a_run(stage)))
    other = replace(a_run(stage), run_id="run-2", created_at=a_run(stage).created_at + timedelta(seconds=1))
    assert stage.reply_answerer.ending(other, "", "done").extra == {}


# --- Staleness


def change(stage: Stage, document_id: str) -> None:
    assert stage.staleness_service.document_changed(document_id, datetime.now(UTC), Deadline(60))


def test_a_ticket_that_was_answered_from_a_document_is_stale_once_it_changes() -> None:
    stage = Stage()
    stage.shelf.suggested("t1")
    stage.shelf.suggested("t2")
    answered(stage)
    change(stage, "returns")
    assert stage.conversations.stale == {"t1"}
    assert stage.shelf.offers.kept == {}
    assert not [document for document, _ in stage.shelf.uses.noted if document == "returns"]


def test_a_document_that_was_only_suggested_flags_nothing() -> None:
    stage = Stage()
    stage.shelf.suggested("t1")
    answered(stage)
    change(stage, "gifts")
    assert stage.conversations.stale == set()


def test_a_new_reply_from_documents_as_they_are_is_fresh() -> None:
    stage = Stage()
    answered(stage)
    change(stage, "returns")
    answered(stage)
    assert stage.conversations.stale == set()
    change(stage, "returns")
    assert stage.conversations.stale == {"t1"}


def test_a_document_that_changes_while_the_reply_is_made_leaves_it_stale() -> None:
    """Whoever follows documents may have looked before the reply was noted."""
    stage = Stage()
    for each in stage.reply_answerer.pieces(a_run(stage)):
        assert isinstance(each, str)
        del stage.shelf.library.sources["returns"]
        change(stage, "returns")
    assert stage.conversations.stale == {"t1"}


def test_what_breaks_off_is_carried_on(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    answered(stage)

    def out_of_reach(_: str) -> None:
        raise Unavailable("The data store is busy.")

    with monkeypatch.context() as patch:
        patch.setattr(stage.conversations, "mark_stale", out_of_reach)
        with pytest.raises(Unavailable):
            change(stage, "returns")
    change(stage, "returns")
    assert stage.conversations.stale == {"t1"}
