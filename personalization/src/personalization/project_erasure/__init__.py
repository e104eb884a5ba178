"""Erasing what prompt projects that were removed have had."""
