"""Answering: suggested replies whose every sentence cites a document, and what the documents do not answer."""
