"""Rules: no SDK, no environment, no clock."""
