"""What staff see beside a ticket: its customer, and what documents may help."""
