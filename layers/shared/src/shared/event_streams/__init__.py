"""Server-Sent Events for clients that cannot open a socket: answers that wait for what is new, and end."""
