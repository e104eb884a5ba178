"""Articles processed by a project's prompts, within its budgets."""
