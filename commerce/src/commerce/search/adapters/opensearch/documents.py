"""Entries as documents of OpenSearch: the whole product, or a tombstone."""

from commerce.catalogue.adapters.product_documents import document_of
from commerce.search.adapters.opensearch.client import Json
from commerce.search.adapters.opensearch.template import MAX_WORD_LENGTH
from commerce.search.domain.following import Entry
from shared.text.words import compounds, words, words_in

_MAX_NAME_LENGTH = 200


def document_of_entry(entry: Entry) -> Json:
    """Searches filter by `listed`."""
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
    """A name as prefixes are compared with it."""
    return " ".join(words(name))[:_MAX_NAME_LENGTH]


def name_words(text: str) -> list[tuple[str, str]]:
    """Each word as it is compared, and as it is written, in lower case."""
    written = [match.group().lower() for match in words_in(text)]
    return [(term[:MAX_WORD_LENGTH], word[:MAX_WORD_LENGTH]) for word in written for term in words(word)[:1]]


def action_of(entry: Entry) -> Json:
    """Of a bulk request: index the entry unless the document has this version or a newer one."""
    return {
        "_op_type": "index",
        "_id": entry.product_id,
        "version": entry.version,
        "version_type": "external",
        "_source": document_of_entry(entry),
    }
