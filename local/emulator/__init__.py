"""The local AWS: MiniStack, patched where a SAM application meets behaviour that differs from AWS."""
