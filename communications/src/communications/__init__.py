"""Messages, notifications and how they reach people."""
