"""The index of products in a domain of OpenSearch."""
