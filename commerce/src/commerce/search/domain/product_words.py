"""Words of a product that are not simply the words of its texts, for every search engine."""

from collections.abc import Iterator
from itertools import chain, pairwise

from commerce.catalogue.domain.products import Product
from commerce.search.domain.vocabulary import base
from shared.text.words import compounds, folded, words

_MAX_SORTED_LENGTH = 200


def joined(product: Product) -> list[str]:
    """Words that others write as one: hyphenated ones, and neighbours in the name and the tags (`Tea pot`)."""
    hyphenated = chain.from_iterable(map(compounds, (product.name, *product.tags, product.description)))
    return list(dict.fromkeys([*hyphenated, *_neighbours(product)]))


def _neighbours(product: Product) -> Iterator[str]:
    return ("".join(pair) for text in (product.name, *product.tags) for pair in pairwise(words(text)))


def guessable(product: Product) -> list[str]:
    """What a mistyped or unfinished word may have meant: words of the name, the tags and the category.

    In their base forms too, so that a typo in a singular is one in a plural. A description has so many words that
    almost any typo would be in one.
    """
    texts = (product.name, *product.tags, product.category)
    written = [word for text in texts for word in (*words(text), *compounds(text))]
    return list(dict.fromkeys(chain.from_iterable((word, base(word)) for word in written)))


def sort_name(product: Product) -> str:
    """A text to sort by name with, without case and accents, that no two products share."""
    return f"{folded(product.name)[:_MAX_SORTED_LENGTH]} {product.product_id}"
