"""What would happen? An API, a caller and a field become the answer AppSync would give."""
