"""Writes what follows from something else: pages of the docs, and the gateway's models in the templates."""
