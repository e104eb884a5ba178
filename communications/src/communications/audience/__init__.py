"""Who has consented to what, and what they are interested in, as supporters have said it."""
