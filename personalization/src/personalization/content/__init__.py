"""The charity's content: campaigns, research, events, ways to help."""
