"""Entries as documents of OpenSearch: the whole product, or a tombstone."""

import unicodedata
from dataclasses import replace

from commerce.catalogue.adapters.product_documents import document_of
from commerce.catalogue.domain.products import Product
from commerce.search.adapters.opensearch.client import Json
from commerce.search.adapters.opensearch.template import MAX_WORD_LENGTH
from commerce.search.domain.following import Entry
from commerce.search.domain.product_words import guessable, joined, sort_name
from shared.text.words import words, words_in

_MAX_NAME_LENGTH = 200


def document_of_entry(entry: Entry) -> Json:
    """Searches filter by `listed`."""
    if entry.product is None:
        return {"productId": entry.product_id, "listed": False}
    product = composed(entry.product)
    return {
        **document_of(product),
        "listed": True,
        "available": product.has(1),
        "categoryName": normalized(product.category),
        "joined": " ".join(joined(product)),
        "guessable": " ".join(guessable(product)),
        "wholeName": whole_name(product.name),
        "nameWords": [f"{term} {written}" for term, written in name_words(product.name)],
        "sortName": sort_name(product),
    }


def composed(product: Product) -> Product:
    """Its texts in the form in which the analyzers of the template know each character."""
    name, description, *tags = map(normalized, (product.name, product.description, *product.tags))
    return replace(product, name=name, description=description, tags=tuple(tags))


def normalized(text: str) -> str:
    """In Unicode's NFC."""
    return unicodedata.normalize("NFC", text)


def whole_name(name: str) -> str:
    """A name as prefixes are compared with it."""
    return " ".join(words(name))[:_MAX_NAME_LENGTH]


def name_words(text: str) -> list[tuple[str, str]]:
    """Each word as it is compared, and as it is written, in lower case."""
    written = [word.lower() for word, _ in words_in(text)]
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
