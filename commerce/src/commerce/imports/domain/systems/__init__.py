"""Exports of other shop systems: the names of their columns, and what of their rows is a product."""
