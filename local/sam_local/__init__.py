"""Runs the built artifacts in containers like Lambda's: the real `sam local`, connected to the local AWS."""
