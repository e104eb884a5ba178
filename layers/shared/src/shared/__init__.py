"""What every bounded context of Almoner shares. It imports no context."""
