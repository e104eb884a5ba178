"""Supporters: the record that a sign-up makes."""
