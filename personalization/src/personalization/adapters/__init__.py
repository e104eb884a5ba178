"""The only modules of personalization that use an SDK."""
