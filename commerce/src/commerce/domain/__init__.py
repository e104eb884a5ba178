"""The rules of the shop: no SDK, no environment, no clock."""
