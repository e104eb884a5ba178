"""Customers: who they are, what they have bought and given, how they feel, and whether they may leave."""
