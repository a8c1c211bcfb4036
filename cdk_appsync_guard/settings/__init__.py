"""Configuration files and callers: what every face reads."""
