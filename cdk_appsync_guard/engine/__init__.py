"""Paths → a report: one unit, then all of them."""
