"""Payments: the provider that charges customers, and the ledger of what came and went."""
