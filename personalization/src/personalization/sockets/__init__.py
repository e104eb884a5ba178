"""WebSocket connections: tickets, opening, closing, ends of access."""
