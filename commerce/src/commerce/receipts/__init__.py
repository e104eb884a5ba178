"""Receipts for what customers have paid: by mail, and where they like by SMS."""
