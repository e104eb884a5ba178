"""The rules of personalization: no SDK, no environment, no clock."""
