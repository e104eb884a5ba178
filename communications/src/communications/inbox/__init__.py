"""What has changed for a recipient, numbered: for clients that were away, and counts of what is unread."""
