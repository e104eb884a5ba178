"""The stock of goods, and the ledger of its movements."""
