"""One request of one caller → the answer AppSync would give, and why, field by field."""
