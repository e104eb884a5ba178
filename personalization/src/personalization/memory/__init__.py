"""What the agent has learned about supporters, and how they correct it."""
