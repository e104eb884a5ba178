"""Words and how they are misspelt."""
