"""What do we say of it? Answers become rows of facts, and rules select the findings."""
