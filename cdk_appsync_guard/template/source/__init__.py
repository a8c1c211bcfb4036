"""Text of a file → data and the position of each value."""
