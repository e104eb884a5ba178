"""What supporters and staff read of a supporter and change."""
