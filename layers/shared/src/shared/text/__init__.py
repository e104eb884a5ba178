"""Characters, words, and how those are misspelt."""
