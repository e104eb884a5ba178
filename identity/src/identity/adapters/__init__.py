"""The only modules of identity that use an SDK."""
