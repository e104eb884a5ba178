"""The personal agent: what it knows of a supporter, asks the model, and learns."""
