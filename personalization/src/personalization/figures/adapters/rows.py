"""What streams tell of rows whose figures are kept: each table's have an attribute that no other table's have."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from personalization.agent.adapters.records import InteractionRecord
from personalization.articles.adapters.records import ExchangeRecord
from personalization.articles.domain.pricing import Prices
from personalization.donations.adapters.records import RowRecord
from personalization.evaluations.adapters.records import ResultRecord
from personalization.figures.domain.occurrences import of_answer, of_row, of_turn
from shared.events.changes import Change, Image
from shared.figures.tallies import Occurrence, day_of
from shared.json.encoding import moment
from shared.models.model import Usage


@dataclass(frozen=True, slots=True)
class Rows:
    """`prices` of what the model answers, where the row does not have its cost or the cost's currency."""

    prices: Prices
    zone: tzinfo

    def occurrences_of(self, change: Change) -> Iterator[Occurrence]:
        """Raises KeyError, TypeError or ValueError for what is no such row."""
        if change.new is None:
            return
        for attribute, read in self._kinds.items():
            if attribute in change.new:
                yield from read(change.new, change.old)

    @property
    def _kinds(self) -> Mapping[str, Callable[[Image, Image | None], Iterator[Occurrence]]]:
        return {
            "refundOf": self._of_row,
            "giftId": self._of_row,
            "interactionId": self._of_turn,
            "promptCardsUsed": self._of_exchange,
            "caseVersion": self._of_result,
        }

    def _of_row(self, new: Image, old: Image | None) -> Iterator[Occurrence]:
        """Only the counter `refunded` of a gift changes."""
        if old is None:
            yield of_row(RowRecord.of_image(new).to_row())

    def _of_turn(self, new: Image, _: Image | None) -> Iterator[Occurrence]:
        record = InteractionRecord.of_image(new)
        at = moment(record.timestamp.partition("#")[0])
        usage = _usage(record.input_tokens, record.output_tokens)
        cost = self.prices.cost(usage or Usage(0, 0))
        day = day_of(at, self.zone).isoformat()
        yield from of_turn(record.interaction_id, record.session_id, at, day, usage, cost)

    def _of_exchange(self, new: Image, _: Image | None) -> Iterator[Occurrence]:
        exchange = ExchangeRecord.of_image(new).to_exchange()
        if exchange.reply:
            yield of_answer(exchange.run_id, exchange.sent_at, exchange.reply.usage, exchange.reply.cost)

    def _of_result(self, new: Image, _: Image | None) -> Iterator[Occurrence]:
        record = ResultRecord.of_image(new)
        usage = _usage(record.input_tokens, record.output_tokens)
        if usage and record.finished_at:
            identity = f"{record.project_id} {record.item}"
            yield of_answer(identity, record.finished_at, usage, self.prices.cost(usage))


def _usage(input_tokens: int | None, output_tokens: int | None) -> Usage | None:
    return None if input_tokens is None or output_tokens is None else Usage(input_tokens, output_tokens)
