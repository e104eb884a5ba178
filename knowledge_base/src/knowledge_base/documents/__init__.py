"""Help documents: uploaded by staff, ingested by the knowledge base, deleted everywhere."""
