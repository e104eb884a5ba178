"""Prompt projects in DynamoDB and S3."""
