"""What OpenSearch keeps of an entry: all of a product, or that there is none."""

from commerce.catalogue.adapters.product_documents import document_of
from commerce.search.adapters.opensearch.client import Json
from commerce.search.adapters.opensearch.template import LONGEST_WORD
from commerce.search.domain.following import Entry
from shared.text.words import compounds, words, words_in

_LONGEST_NAME = 200


def document_of_entry(entry: Entry) -> Json:
    """Only what is `listed` is found."""
    if entry.product is None:
        return {"productId": entry.product_id, "listed": False}
    name = entry.product.name
    texts = (name, *entry.product.tags, entry.product.description)
    return {
        **document_of(entry.product),
        "listed": True,
        "compounds": " ".join(word for text in texts for word in compounds(text)),
        "wholeName": whole_name(name),
        "nameWords": [f"{term} {written}" for term, written in name_words(name)],
    }


def whole_name(name: str) -> str:
    """As it is compared with the beginning of one."""
    return " ".join(words(name))[:_LONGEST_NAME]


def name_words(text: str) -> list[tuple[str, str]]:
    """As they are compared, and as they are written, in lower case."""
    written = [match.group().lower() for match in words_in(text)]
    return [(term[:LONGEST_WORD], word[:LONGEST_WORD]) for word in written for term in words(word)[:1]]


def action_of(entry: Entry) -> Json:
    """Of a bulk request: write the entry, unless something as new is there."""
    return {
        "_op_type": "index",
        "_id": entry.product_id,
        "version": entry.version,
        "version_type": "external",
        "_source": document_of_entry(entry),
    }
