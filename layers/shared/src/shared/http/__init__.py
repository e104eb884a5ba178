"""The edge of every REST and HTTP route."""
