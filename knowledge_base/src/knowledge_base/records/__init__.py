"""What events say of customers, and the schema that keeps it."""
