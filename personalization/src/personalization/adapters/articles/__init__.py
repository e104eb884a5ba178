"""Articles on AWS: budgets, chat history, long texts, the model."""
