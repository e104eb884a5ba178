"""Sockets of recipients, to which entries of their inboxes are sent, and event streams in their place."""
