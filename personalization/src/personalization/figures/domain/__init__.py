"""What counts of gifts, conversations and articles: pure rules."""
