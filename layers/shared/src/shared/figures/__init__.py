"""Figures of days: counters that streams of tables keep, and the route that reads them."""
