"""Sockets of recipients, to which entries of their inboxes are sent."""
