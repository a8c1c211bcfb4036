"""Policies, principals and trust. Nothing here knows AppSync."""
