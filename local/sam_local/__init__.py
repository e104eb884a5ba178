"""The real `sam local` beside the local AWS: the built artifacts, in containers like Lambda's."""
