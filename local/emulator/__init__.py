"""The local AWS: MiniStack, patched where it differs from AWS in ways that a SAM application notices."""
