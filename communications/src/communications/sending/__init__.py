"""Sends mail, SMS and push messages: each once, or with a doubt that people settle."""
