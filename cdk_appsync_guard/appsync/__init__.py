"""What does it mean? Stacks become APIs, schemas, principals."""
