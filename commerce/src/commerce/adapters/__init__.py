"""The only modules of commerce that use an SDK."""
