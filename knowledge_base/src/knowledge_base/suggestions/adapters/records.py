"""Suggestions, what they are made of, and what staff say of them, as their tables have them."""

from typing import Self

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from knowledge_base.suggestions.domain.passages import Passage
from knowledge_base.suggestions.domain.suggesting import Offer
from shared.dynamodb.attributes import DocumentsAttribute, IntegerAttribute, MomentAttribute, SecondsAttribute
from shared.dynamodb.records import Record


class OfferRecord(Record):
    ticket_id = UnicodeAttribute(hash_key=True, attr_name="ticketId")
    question = UnicodeAttribute()
    passages = DocumentsAttribute()
    made_at = MomentAttribute(attr_name="madeAt")
    expires_at = SecondsAttribute(attr_name="expiresAt")

    @classmethod
    def of(cls, offer: Offer) -> Self:
        passages = [
            {
                "documentId": each.document_id,
                "version": each.version,
                "title": each.title,
                "source": each.source,
                "text": each.text,
                "score": each.score,
            }
            for each in offer.passages
        ]
        return cls(
            offer.ticket_id,
            question=offer.question,
            passages=passages,
            made_at=offer.made_at,
            expires_at=offer.expires_at,
        )

    def to_offer(self) -> Offer:
        passages = tuple(
            Passage(
                document_id=each["documentId"],
                version=each["version"],
                title=each["title"],
                source=each["source"],
                text=each["text"],
                score=float(each["score"]),
            )
            for each in self.passages
        )
        return Offer(self.ticket_id, self.question, passages, self.made_at)


class UseRecord(Record):
    document_id = UnicodeAttribute(hash_key=True, attr_name="documentId")
    ticket_id = UnicodeAttribute(range_key=True, attr_name="ticketId")
    cited = BooleanAttribute()
    noted_at = MomentAttribute(attr_name="notedAt")
    expires_at = SecondsAttribute(attr_name="expiresAt")


class VoteRecord(Record):
    """A ticket's vote on a passage, with `helpful` and `cast_at`; under TALLY, how many there are of either kind."""

    passage_id = UnicodeAttribute(hash_key=True, attr_name="passageId")
    voter = UnicodeAttribute(range_key=True)
    helpful = BooleanAttribute(null=True)
    cast_at = MomentAttribute(null=True, attr_name="castAt")
    helpful_votes = IntegerAttribute(null=True, attr_name="helpfulVotes")
    unhelpful_votes = IntegerAttribute(null=True, attr_name="unhelpfulVotes")


TALLY = "tally"
"""No ticket has this id."""
