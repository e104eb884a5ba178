"""What clients send. Apart, because browsing and searching, which have no body, need no pydantic."""
