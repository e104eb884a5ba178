"""Donations: the ledger of gifts and refunds."""
