"""Articles: a text goes through a project's prompt cards to the model, within the project's budget."""
