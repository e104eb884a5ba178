"""Articles put through prompt cards, within budgets."""
