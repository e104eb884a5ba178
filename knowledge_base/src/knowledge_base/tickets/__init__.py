"""Tickets: what people ask, what is answered, by when, and by whom."""
