"""A node of OpenSearch on this machine, made of the jars that Maven Central has."""
