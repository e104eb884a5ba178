"""The help desk: documents, tickets, and what staff know of who wrote them."""
