"""The fields of the index, and what of an entry stands in each."""

import json
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b

import tantivy

from commerce.catalogue.adapters.product_documents import document_of, product_in
from commerce.catalogue.domain.products import Product
from commerce.search.domain.following import Entry
from commerce.search.domain.irregular_words import STEMS
from commerce.search.domain.product_words import guessable, joined, sort_name
from shared.text.words import words

FORMAT = "5"
"""Of these fields and their words: a folder of another format is no index of ours. Change it with them."""

MAX_NUMBER = 2**63 - 1

_MAX_WORD_LENGTH = 64
_TIE_BITS = 16
_MAX_IN_ORDER = (1 << (63 - _TIE_BITS)) - 1
_CACHED_WORDS = 100_000
_STEMMED = "stemmed"
_SPLIT = "split"


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic", stored=True)
    builder.add_unsigned_field("version", fast=True)
    builder.add_unsigned_field("live", indexed=True, fast=True)
    builder.add_bytes_field("product", stored=True)
    for name in ("name", "tags", "category_name", "description", "joined"):
        builder.add_text_field(name, tokenizer_name=_STEMMED, index_option="freq")
    for name in ("spelling", "name_spelling"):
        builder.add_text_field(name, tokenizer_name=_SPLIT, index_option="basic")
    builder.add_text_field("whole_name", tokenizer_name="raw", index_option="basic")
    for name in ("category", "kind", "tag", "by_name"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("price", "available"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    for name in ("by_price", "by_age", "by_availability"):
        builder.add_unsigned_field(name, fast=True)
    return builder.build()


SCHEMA = _schema()

_stemming = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).filter(tantivy.Filter.stemmer("english")).build()
)
_splitting = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


def register_analyzers(index: tantivy.Index) -> None:
    index.register_tokenizer(_STEMMED, _stemming)
    index.register_tokenizer(_SPLIT, _splitting)


def terms(text: str) -> list[str]:
    """The words of a text as the index knows them."""
    return list(map(term_of, words(encodable(text))))


def term_of(word: str) -> str:
    """The term of a word; of one without end, its beginning."""
    return word[:_MAX_WORD_LENGTH]


@lru_cache(maxsize=_CACHED_WORDS)
def terms_of_word(written: str) -> tuple[str, ...]:
    """The same of a word or so: a shop's words are few, and come again in every text."""
    return tuple(terms(written))


@lru_cache(maxsize=_CACHED_WORDS)
def stems_of_word(written: str) -> frozenset[str]:
    return frozenset(map(stem, terms_of_word(written)))


@lru_cache(maxsize=_CACHED_WORDS)
def stem(term: str) -> str:
    return _stemming.analyze(STEMS.get(term, term))[0]


def spelling(term: str) -> str:
    """The first letter stands twice, so that another one is two typos: short words have to begin as they were typed."""
    return term[0] + term


def document_of_entry(entry: Entry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("id", entry.product_id)
    document.add_unsigned("version", entry.version)
    document.add_unsigned("live", int(entry.product is not None))
    if entry.product is not None:
        _describe(_encodable_product(entry.product), document)
    return document


def product_kept_in(document: tantivy.Document) -> Product:
    kept: bytes = document["product"][0]
    return product_in(json.loads(kept.decode()))


def _describe(product: Product, document: tantivy.Document) -> None:
    """Of a product whose texts are encodable."""
    texts = {
        "name": product.name,
        "tags": " ".join(product.tags),
        "category_name": product.category,
        "description": product.description,
        "joined": " ".join(joined(product)),
    }
    terms_by_field = {field: terms(text) for field, text in texts.items()}
    for field, found in terms_by_field.items():
        document.add_text(field, " ".join(STEMS.get(term, term) for term in found))
    document.add_text("spelling", " ".join(spelling(term_of(word)) for word in guessable(product)))
    document.add_text("name_spelling", " ".join(map(spelling, dict.fromkeys(terms_by_field["name"]))))
    document.add_text("whole_name", " ".join(terms_by_field["name"]))
    document.add_text("category", product.category)
    document.add_text("kind", product.kind)
    for tag in product.tags:
        document.add_text("tag", tag)
    available, age = int(product.has(1)), _in_order(int(product.created_at.timestamp() * 1000), product.product_id)
    document.add_unsigned("available", available)
    document.add_unsigned("price", min(product.price.amount, MAX_NUMBER))
    document.add_text("by_name", sort_name(product))
    document.add_unsigned("by_price", _in_order(product.price.amount, product.product_id))
    document.add_unsigned("by_age", age)
    document.add_unsigned("by_availability", available << 63 | age)
    document.add_bytes("product", json.dumps(document_of(product), separators=(",", ":")).encode())


def _in_order(number: int, product_id: str) -> int:
    """A number to sort by that two products rarely share, so that their order does not change from page to page."""
    tie = int.from_bytes(blake2b(product_id.encode(), digest_size=_TIE_BITS // 8).digest())
    return min(max(number, 0), _MAX_IN_ORDER) * (1 << _TIE_BITS) + tie


def encodable(text: str) -> str:
    """tantivy refuses lone surrogates, which have no form in UTF-8."""
    return text.encode(errors="replace").decode()


def _encodable_product(product: Product) -> Product:
    return replace(
        product,
        name=encodable(product.name),
        description=encodable(product.description),
        category=encodable(product.category),
        tags=tuple(map(encodable, product.tags)),
    )
