"""Mapping templates: Velocity as AppSync speaks it, read and run."""
