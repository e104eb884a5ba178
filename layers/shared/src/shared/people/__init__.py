"""People as those see them who work with them: found by name and address."""
