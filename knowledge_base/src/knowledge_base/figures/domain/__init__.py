"""What counts of tickets, suggestions and gaps: pure rules."""
