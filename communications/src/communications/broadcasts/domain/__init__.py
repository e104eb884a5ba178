"""Pure rules: no SDK, no environment, no clock."""
