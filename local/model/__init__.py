"""A stand-in for Amazon Bedrock Runtime; docs/model-stand-in.md says what it does and how to steer it."""
