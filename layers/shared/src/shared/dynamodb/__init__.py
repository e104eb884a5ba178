"""DynamoDB tables and transactions."""
