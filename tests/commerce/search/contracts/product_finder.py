"""What whoever finds products must do."""

from tests.commerce.search.contracts.narrowing import NarrowingContract
from tests.commerce.search.contracts.suggestions import SuggestionsContract
from tests.commerce.search.contracts.words import WordsContract


class ProductFinderContract(WordsContract, NarrowingContract, SuggestionsContract):
    """All of it."""
