"""Bedrock's knowledge bases: documents in a bucket become chunks with vectors, by jobs that take their time."""
