"""Suggestions: passages of documents that may answer a ticket, ranked also by what staff found helpful."""
