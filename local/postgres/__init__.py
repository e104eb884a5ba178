"""A Postgres on the loopback interface, in place of RDS."""
