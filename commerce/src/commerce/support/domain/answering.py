"""The support chat's runs: each answers one message, and completes its exchange in the transaction that ends it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from commerce.search.domain.searching import Search
from commerce.support.domain.assistant import Answered, Assistant, Turn, answer
from commerce.support.domain.help_pages import HelpPages
from commerce.support.domain.history import MAX_TURNS, ChatHistory, Reply
from commerce.support.domain.order_tools import OrderSources, OrderTools
from commerce.support.domain.tools import Tools
from shared.resilience.deadline import Deadline
from shared.runs.run import Ending, Outcome, Piece, Run


@dataclass(frozen=True, slots=True)
class Equipment:
    """What only who makes answers needs: not those who stop runs, or look after them."""

    assistant: Assistant
    help_pages: HelpPages
    search: Search
    orders: OrderSources


class SupportAnswerer:
    """The Answerer of the support chat's runs, one at a time. `equipment` is called only where an answer is made."""

    def __init__(
        self,
        history: ChatHistory,
        equipment: Callable[[], Equipment],
        now: Callable[[], datetime],
        work_seconds: float = 110,
    ) -> None:
        self._history, self._equipment, self._now, self._work_seconds = history, equipment, now, work_seconds
        self._answered: tuple[str, Answered] | None = None

    def pieces(self, run: Run) -> Iterator[Piece]:
        """Raises Unavailable."""
        equipment, deadline = self._equipment(), Deadline(self._work_seconds)
        tools = Tools(equipment.help_pages, equipment.search, OrderTools(equipment.orders, run.user_id))
        recent = self._history.recent(run.session_id, run.user_id, MAX_TURNS, self._now())
        turns = [Turn(each.input, each.reply.text, each.reply.outline) for each in recent if each.reply]
        for piece in answer(equipment.assistant, tools, str(run.request["input"]), turns, deadline):
            if isinstance(piece, Answered):
                self._answered = run.run_id, piece
            else:
                yield piece

    def ending(self, run: Run, text: str, outcome: Outcome) -> Ending:
        """Of what another process has answered, only the text is known."""
        run_id, answered = self._answered or ("", None)
        if outcome == "done" and answered and run_id == run.run_id:
            proposals = tuple(proposal.message for proposal in answered.proposals)
            reply = Reply("done", answered.text, answered.outline, answered.usage, proposals)
            extra = {
                "usage": {"inputTokens": answered.usage.input_tokens, "outputTokens": answered.usage.output_tokens}
            }
        else:
            reply, extra = Reply(outcome, text), {}
        return Ending(extra, self._history.complete(run.session_id, run.created_at, run.run_id, reply))
