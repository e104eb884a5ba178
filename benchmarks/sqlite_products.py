"""The shop's search, built on SQLite's FTS5."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from commerce.catalogue.adapters.product_documents import document_of, product_in
from commerce.catalogue.domain.products import Product
from commerce.search.domain.finding import PRICE_BANDS, FacetValue, Found, Highlight, Hit, Match, Query, Sort
from commerce.search.domain.reading import read
from commerce.search.domain.suggesting import Suggestion, SuggestionKind
from shared.text.typos import Vocabulary
from shared.text.words import words

_TABLES = """
    create table products (
        number integer primary key, name text, tags text, description text, category text, kind text, price integer,
        band text, created integer, whole text
    );
    create index by_created on products (created);
    create index by_price on products (price);
    create virtual table stems using fts5(
        name, tags, description, content='products', content_rowid='number',
        tokenize="porter unicode61 remove_diacritics 2"
    );
    create virtual table spellings using fts5(
        name, tags, description, content='products', content_rowid='number', prefix='2 3',
        tokenize="unicode61 remove_diacritics 2"
    );
    create virtual table vocabulary using fts5vocab(spellings, row);
    create virtual table name_vocabulary using fts5vocab(spellings, col);
"""
_ORDERS = {
    Sort.RELEVANCE: "bm25({index}, 4.0, 3.0, 1.0)",
    Sort.NEWEST: "created desc",
    Sort.CHEAPEST: "price",
    Sort.DEAREST: "price desc",
}


class SqliteProducts:
    """As much of a ProductFinder as the benchmark needs: exact matches first, then typos and prefixes."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file)
        self._connection.executescript(
            "pragma journal_mode=wal; pragma mmap_size=2000000000; pragma cache_size=-500000"
        )
        self._connection.executescript(_TABLES)
        self._vocabulary = Vocabulary(())

    def fill(self, products: Iterable[Product]) -> None:
        with self._connection:
            self._connection.executemany("insert into products values (?,?,?,?,?,?,?,?,?,?)", map(_row, products))
            for index in ("stems", "spellings"):
                self._connection.execute(f"insert into {index}({index}) values ('rebuild')")  # noqa: S608  the names are ours
        self._connection.execute("pragma wal_checkpoint(truncate)")
        self._vocabulary = Vocabulary(term for (term,) in self._connection.execute("select term from vocabulary"))

    def find(self, query: Query) -> Found:
        reading = read(query.words)
        if reading is None:
            return self._found("products", None, query)
        query_terms = [term.word for term in reading.terms]
        found = self._found("stems", " ".join(f'"{word}"' for word in query_terms), query)
        if found.total:
            return found
        return self._found("spellings", self._tolerant(query_terms), query)

    def suggest(self, prefix: str, limit: int) -> tuple[Suggestion, ...]:
        last = words(prefix)[-1]
        terms = self._connection.execute(
            "select term from name_vocabulary where col = 'name' and term >= ? and term < ? order by doc desc limit ?",
            (last, last + "\U0010ffff", (limit + 1) // 2),
        )
        names = self._connection.execute(
            "select distinct p.name from spellings join products p on p.number = spellings.rowid "
            "where spellings match ? order by p.created desc limit ?",
            (f'name: "{last}"*', limit),
        )
        texts = dict.fromkeys(text for (text,) in [*terms, *names])
        return tuple(Suggestion(text, SuggestionKind.WORDS) for text in texts)[:limit]

    def _tolerant(self, query_terms: Sequence[str]) -> str:
        ways = []
        for word in query_terms:
            meant = [f'"{word}"', *(f'"{near}"' for near in self._vocabulary.near(word))]
            if word == query_terms[-1]:
                meant.append(f'"{word}"*')
            ways.append(f"({' OR '.join(meant)})")
        return " AND ".join(ways)

    def _found(self, index: str, match: str | None, query: Query) -> Found:
        matching, arguments = ("1", []) if match is None else (f"{index} match ?", [match])
        source = "products" if match is None else f"{index} join products on products.number = {index}.rowid"
        counted = self._connection.execute(
            "select category, kind, band, price between ? and ?, count(*) "  # noqa: S608  nothing of it comes from outside
            f"from {source} where {matching} group by 1, 2, 3, 4",
            [query.min_price or 0, query.max_price or 10**15, *arguments],
        ).fetchall()
        facets, total = _facets(counted, query)
        shown = (
            "null, null"
            if match is None
            else f"highlight({index}, 0, '<em>', '</em>'), snippet({index}, 2, '<em>', '</em>', '', 30)"
        )
        sort = Sort.NEWEST if match is None and query.sort is Sort.RELEVANCE else query.sort
        rows = self._connection.execute(
            f"select whole, {shown} from {source} where {matching} and (? is null or category = ?) "  # noqa: S608  what comes from outside stands in ?
            f"and price between ? and ? order by {_ORDERS[sort].format(index=index)} limit ? offset ?",
            [
                *arguments,
                _category(query),
                _category(query),
                query.min_price or 0,
                query.max_price or 10**15,
                query.limit,
                query.offset,
            ],
        )
        hits = tuple(Hit(product_in(json.loads(whole)), Highlight(name, text)) for whole, name, text in rows)
        return Found(hits, total, Match.ALL, facets)


def _row(product: Product) -> tuple[object, ...]:
    amount = product.price.amount
    band = next(band.name for band in PRICE_BANDS if band.max_amount is None or amount <= band.max_amount)
    created = int(product.created_at.timestamp() * 1000)
    number = int(product.product_id.removeprefix("product-"))
    whole = json.dumps(document_of(product), separators=(",", ":"))
    texts = (product.name, " ".join(product.tags), product.description)
    return (number, *texts, product.category, product.kind, amount, band, created, whole)


def _category(query: Query) -> str | None:
    return query.categories[0] if query.categories else None


def _facets(
    counted: Sequence[tuple[str, str, str, int, int]], query: Query
) -> tuple[dict[str, tuple[FacetValue, ...]], int]:
    """The same counts as ours, from one pass."""
    counts: dict[str, Counter[str]] = {"category": Counter(), "kind": Counter(), "price": Counter()}
    total = 0
    for category, kind, band, within, count in counted:
        chosen = _category(query) in {None, category}
        if within:
            counts["category"][category] += count
        if chosen:
            counts["price"][band] += count
        if chosen and within:
            counts["kind"][kind] += count
            total += count
    facets = {name: tuple(FacetValue(*each) for each in values.most_common(50)) for name, values in counts.items()}
    return facets, total
