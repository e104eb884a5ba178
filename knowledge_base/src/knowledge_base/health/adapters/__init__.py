"""The only modules of this feature that use an SDK."""
