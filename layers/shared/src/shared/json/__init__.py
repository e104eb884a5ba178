"""JSON: strict reading, and how values are written."""
