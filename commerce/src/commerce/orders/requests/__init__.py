"""What clients send. Apart, because customers' reading, which has no body, needs no pydantic."""
