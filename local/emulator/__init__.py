"""The local AWS: MiniStack, mended where a SAM application meets behaviour that differs from AWS."""
