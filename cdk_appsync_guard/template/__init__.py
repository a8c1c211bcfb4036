"""What is written? Files become stacks in which every value is resolved, or honestly unknown."""
