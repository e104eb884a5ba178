"""The index of products in a folder of one machine, searched with tantivy."""
