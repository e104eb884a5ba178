"""The rules of identity: no SDK, no environment, no clock."""
