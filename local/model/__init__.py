"""A stand-in for Amazon Bedrock Runtime; docs/model-stand-in.md describes what it does and how to control it."""
