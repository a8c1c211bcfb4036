"""Scenes → what a person asks about a matrix: why a cell is so, where that stands, the fix."""
