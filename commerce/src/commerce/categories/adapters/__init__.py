"""What this feature stands on: the only modules of it that use an SDK."""
